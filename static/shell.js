// @ts-check
// The frame around the rooms: the sidebar, who is looking, and what stands over everything.

import { signOut } from "./account/leaving.js";
import { me, signedIn } from "./account/me.js";
import { html } from "./core/dom.js";
import { focusOn } from "./core/focus.js";
import { go, route } from "./core/router.js";
import { ariaShortcuts, onShortcut, perform, shortcutInWords } from "./core/shortcuts.js";
import { effect } from "./core/signal.js";
import { words } from "./core/words.js";
import { brand } from "./ui/brand.js";
import { icon } from "./ui/icons.js";
import { menuButton } from "./ui/menu.js";
import { hideButton, NARROW, sidebarCovers, sidebarIsThere, sidebarOpen, toggleSidebar } from "./ui/sidebar.js";
import { toast, toastsView } from "./ui/toasts.js";

/** @import { Room } from "./app.js" */

/** Rooms that stand alone: nobody who reads a shared link or signs in needs the sidebar. */
const ALONE = ["shared", "sign-in", "sign-up", "letter"];

effect(() => {
  route.value; // whoever has chosen something in the sidebar of a narrow screen wants to see it
  if (NARROW.matches) sidebarOpen.value = false;
});

onShortcut("settings", () => go("/settings"));
onShortcut("sidebar", () => sidebarIsThere() && toggleSidebar());
onShortcut("help", () => void showShortcuts());

/**
 * @param {{rooms: Record<string, Room>, sidebar: Room}} parts
 * @returns {() => import("./core/dom.js").View}
 */
export const shellView = ({ rooms, sidebar }) => () => {
  const name = shownRoom();
  if (ALONE.includes(name)) return html`<main class="alone">${rooms[name].view()}</main>${toastsView()}`;
  const text = words().shell;
  return html`
    <a class="skip" href="#main" @click=${skip}>${text.skip}</a>
    <div class="shell" data-sidebar=${sidebarOpen.value ? "open" : "closed"} @keydown=${keyed}>
      <nav class="sidebar" aria-label=${words().conversations.title}>
        <div class="sidebar-head">
          <a class="brand" href="/">${brand()}</a>
          ${hideButton()}
        </div>
        <a class="new-chat" href="/" title=${`${text.newChat} (${shortcutInWords("newChat")})`} aria-keyshortcuts=${ariaShortcuts("newChat")}>${icon("add")}${text.newChat}</a>
        ${sidebar.view()}
        <div class="sidebar-foot">${accountMenu()}</div>
      </nav>
      <button type="button" class="veil" aria-label=${text.hideSidebar} @click=${toggleSidebar}></button>
      <main class="main" id="main" ?inert=${sidebarCovers()}>${rooms[name].view()}</main>
    </div>
    ${toastsView()}`;
};

/** Who may not come in signs in first, wherever they wanted to go. */
const shownRoom = () => (me.value.kind === "none" && !ALONE.includes(route.value.name) ? "sign-in" : route.value.name);

function accountMenu() {
  const text = words().shell;
  const { name, kind, administrator } = me.value;
  const who = name || (kind === "guest" ? text.guest : "");
  const face = html`${icon("user")}<span class="clip">${who || text.account}</span>`;
  return menuButton({ label: who ? `${text.account}: ${who}` : text.account, face, items: [
    { name: text.settings, icon: "settings", keys: "settings", run: () => go("/settings") },
    administrator && { name: text.administration, icon: "gauge", run: () => go("/admin") },
    { name: text.shortcuts, icon: "keyboard", keys: "help", run: () => perform("help") },
    !signedIn.value && { name: text.signIn, icon: "user", run: () => go("/sign-in") },
    !signedIn.value && { name: text.signUp, icon: "add", run: () => go("/sign-up") },
    signedIn.value && { name: text.signOut, icon: "leave", run: () => void signOut() },
  ] });
}

async function showShortcuts() {
  try {
    await (await import("./shortcuts_dialog.js")).openShortcuts();
  } catch {
    toast(words().problems.unreachable, { kind: "problem" });
  }
}

/** Past the conversations. @param {Event} event */
function skip(event) {
  event.preventDefault();
  if (sidebarCovers()) toggleSidebar();
  focusOn(document.querySelector("main"));
}

/** @param {KeyboardEvent} event */
function keyed(event) {
  if (event.key !== "Escape" || !sidebarCovers()) return;
  event.preventDefault();
  toggleSidebar();
}
