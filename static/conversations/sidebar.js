// @ts-check
// What stands at the side: searching, and the list or what was found.

import { html, part } from "../core/dom.js";
import { onShortcut } from "../core/shortcuts.js";
import { effect, untracked } from "../core/signal.js";
import { sidebarIsThere, sidebarOpen, toggleSidebar } from "../ui/sidebar.js";
import { Actions } from "./actions.js";
import { keepFresh } from "./keep_fresh.js";
import { ListView } from "./list_view.js";
import { ConversationSearch } from "./search.js";
import { focusSearch, resultsView, searchView } from "./search_view.js";

/** @import { App, Room } from "../app.js" */

/**
 * @param {App} app
 * @returns {Room}
 */
export function createSidebar(app) {
  const { conversations: list } = app;
  const actions = new Actions(list);
  const search = new ConversationSearch();
  const rows = new ListView(list, actions);
  keepFresh(list);
  onShortcut("search", () => {
    if (!sidebarIsThere()) return false;
    if (!sidebarOpen.value) toggleSidebar();
    focusSearch();
    return true;
  });
  effect(() => {
    if (actions.renaming.value) focusRename();
  });
  effect(() => {
    const id = list.lostElsewhere.value;
    untracked(() => actions.leave(id));
  });
  effect(() => {
    if (list.emptied.value) untracked(() => { search.ask(""); actions.leaveAny(); });
  });
  const below = () => (search.state.value === "idle" ? rows.view() : resultsView(search, list));
  return { view: () => html`
    <div class="talks-side">
      ${part(searchView, search, actions)}
      <div class="talks-room" data-scrolls>${part(below)}</div>
    </div>` };
}

/** The field is there when the list has been drawn. */
function focusRename() {
  queueMicrotask(() => {
    const field = /** @type {HTMLInputElement | null} */ (document.querySelector(".talk-rename"));
    field?.focus();
    field?.select();
  });
}
