// @ts-check
// Whether the sidebar is open, and the button that opens it: each room has it in its bar.

import { html, nothing } from "../core/dom.js";
import { recall, remember } from "../core/memory.js";
import { ariaShortcuts, shortcutInWords } from "../core/shortcuts.js";
import { signal } from "../core/signal.js";
import { words } from "../core/words.js";
import { icon } from "./icons.js";

/** Where it lies over the room, and is closed at first. */
export const NARROW = matchMedia("(max-width: 48rem)");

/** Whether the sidebar is open. */
export const sidebarOpen = signal(!NARROW.matches && recall("sidebar", true));

export function toggleSidebar() {
  sidebarOpen.value = !sidebarOpen.value;
  if (!NARROW.matches) remember("sidebar", sidebarOpen.value);
  keepFocus();
}

/** Whether there is one to open: not in rooms that stand alone. */
export const sidebarIsThere = () => document.querySelector(".sidebar") !== null;

/** The button that brings the sidebar back; a room puts it at the start of its bar. */
export const sidebarButton = () => (sidebarOpen.value ? nothing : toggleButton(words().shell.showSidebar));

/** The button in the sidebar that closes it. */
export const hideButton = () => toggleButton(words().shell.hideSidebar);

/** @param {string} label */
const toggleButton = (label) => html`
  <button type="button" class="bare toggles-sidebar" aria-label=${label} title=${`${label} (${shortcutInWords("sidebar")})`} aria-keyshortcuts=${ariaShortcuts("sidebar")}
          @click=${toggleSidebar}>${icon("sidebar")}</button>`;

/** Where the focus was in what is gone now, it goes to the button that brings that back. */
function keepFocus() {
  const { activeElement: at, body } = document;
  if (at && at !== body && at.checkVisibility()) return;
  const buttons = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".toggles-sidebar"));
  [...buttons].find((button) => button.checkVisibility())?.focus();
}
