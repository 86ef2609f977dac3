// @ts-check
// The list as it is drawn: groups of rows, those archived behind a fold.

import { html, nothing, repeat } from "../core/dom.js";
import { route } from "../core/router.js";
import { isPressed } from "../core/shortcuts.js";
import { signal } from "../core/signal.js";
import { language, words } from "../core/words.js";
import { icon } from "../ui/icons.js";
import { problemInWords } from "../ui/problem.js";
import { groupsOf } from "./groups.js";
import { openMenu, rowView } from "./row_view.js";
import { walk } from "./rows.js";
import { Sentinel } from "./sentinel.js";

/** @import { Conversation } from "./conversation.js" */
/** @import { Actions } from "./actions.js" */
/** @import { ConversationList } from "./list.js" */
/** @import { Standing } from "./row_view.js" */

const WAITING_ROWS = 6;

export class ListView {
  /** The row that Tab leads to: hundreds of them are one stop. */
  #here = signal("");
  #unfolded = signal(false);

  /**
   * @param {ConversationList} list
   * @param {Actions} actions
   */
  constructor(list, actions) {
    this.list = list;
    this.actions = actions;
    this.below = new Sentinel(() => list.readOn());
    this.archive = new Sentinel(() => list.readArchive());
  }

  view() {
    const { all, fresh, closed, problem, end } = this.list;
    const shown = all.value.filter((one) => !one.archived);
    const standing = this.#standing(this.#unfolded.value ? all.value : shown);
    const ended = shown.some((one) => one.id === end.value?.id);
    return html`
      <div @keydown=${this.#keyed} @focusin=${this.#focused}>
        ${problem.value ? this.#away() : nothing}
        ${shown.length || problem.value ? nothing : closed.value ? closedView() : fresh.value ? emptyView() : waitingView()}
        ${repeat(groupsOf(shown, new Date()), (group) => group.key, (group) => html`
          <section class="talks">
            <h2 id="talks-${group.key}">${group.named ? words().conversations.groups[group.named] : monthName(group.month)}</h2>
            <ul aria-labelledby="talks-${group.key}">
              ${repeat(group.all, (one) => one.id, (one) => this.#row(one, standing, end.value, this.below))}
            </ul>
          </section>`)}
        ${end.value && !ended ? html`<ul>${this.below.view(end.value.id)}</ul>` : nothing}
        ${fresh.value && all.value.length ? this.#archived(standing) : nothing}
      </div>`;
  }

  /**
   * @param {Conversation} one
   * @param {Standing} standing
   * @param {Conversation | null | undefined} end
   * @param {Sentinel} sentinel
   */
  #row(one, standing, end, sentinel) {
    return html`
      ${rowView(one, this.actions, standing)}
      ${end?.id === one.id ? sentinel.view(one.id) : nothing}`;
  }

  /** @param {Standing} standing */
  #archived(standing) {
    const text = words().conversations;
    const all = this.list.all.value.filter((one) => one.archived);
    const { value: end } = this.list.archiveEnd;
    const toggled = (/** @type {Event} */ event) => {
      this.#unfolded.value = /** @type {HTMLDetailsElement} */ (event.target).open;
      if (this.#unfolded.value && end === undefined) void this.archive.read();
    };
    return html`
      <details class="talks" @toggle=${toggled}>
        <summary>${icon("forward")}<h2 id="talks-archive">${text.archived}</h2></summary>
        <ul aria-labelledby="talks-archive">
          ${this.archive.problem.value ? this.archive.view("problem") : nothing}
          ${repeat(all, (one) => one.id, (one) => this.#row(one, standing, end, this.archive))}
        </ul>
        ${end === null && !all.length ? html`<p class="talks-note soft">${text.noneArchived}</p>` : nothing}
      </details>`;
  }

  #away() {
    return html`
      <p class="talks-note" role="status">${problemInWords(this.list.problem.value)}
        <button type="button" class="link" @click=${() => void this.list.refresh()}>${words().common.retry}</button></p>`;
  }

  /** @param {Conversation[]} shown @returns {Standing} */
  #standing(shown) {
    const has = (/** @type {string} */ id) => shown.some((one) => one.id === id);
    const open = route.value.name === "chat" ? route.value.params.id ?? "" : "";
    const stop = [this.#here.value, open].find(has) ?? shown.find((one) => one.pinned)?.id ?? shown[0]?.id ?? "";
    return { stop, open, renamed: this.actions.renaming.value };
  }

  /** @param {FocusEvent} event */
  #focused = (event) => {
    const row = rowAt(event);
    if (row) this.#here.value = row.dataset.id ?? "";
  };

  /** @param {KeyboardEvent} event */
  #keyed = (event) => {
    const row = rowAt(event);
    const one = row && this.list.find(row.dataset.id ?? "");
    if (walk(event)) event.preventDefault();
    else if (isPressed(event, "undo")) this.actions.undo();
    else if (!row || !one) return;
    else if (isPressed(event, "rename")) this.actions.beginRenaming(one);
    else if (isPressed(event, "remove")) this.actions.remove(one);
    else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
      openMenu(/** @type {HTMLElement} */ (row.querySelector(".talk-menu")), one, this.actions);
    } else return;
    event.preventDefault();
  };
}

/** @param {Event} event */
const rowAt = (event) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".talk"));

const emptyView = () => html`<p class="talks-empty soft">${words().conversations.empty}</p>`;

const closedView = () => html`<p class="talks-empty soft">${words().conversations.closed}</p>`;

/** Rows that stand for those to come, so that nothing jumps. */
const waitingView = () => html`
  <div class="talks-waiting" aria-hidden="true">${Array.from({ length: WAITING_ROWS }, () => html`<span></span>`)}</div>`;

/** @param {Date | undefined} month */
const monthName = (month) => new Intl.DateTimeFormat(language.value, { month: "long", year: "numeric" }).format(month);
