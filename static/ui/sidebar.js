// @ts-check
// Whether the sidebar is open, and the button that opens it: each room has it in its bar.

import { html, nothing } from "../core/dom.js";
import { keepFocus } from "../core/focus.js";
import { recall, remember, tell } from "../core/memory.js";
import { ariaShortcuts, shortcutInWords } from "../core/shortcuts.js";
import { signal } from "../core/signal.js";
import { words } from "../core/words.js";
import { icon } from "./icons.js";

/** Where it lies over the room, and is closed at first. */
export const NARROW = matchMedia("(max-width: 48rem)");

const isNarrow = signal(NARROW.matches);
NARROW.addEventListener("change", () => {
  isNarrow.value = NARROW.matches;
});

/** Whether the sidebar is open. */
export const sidebarOpen = signal(!NARROW.matches && recall("sidebar", true));

export function toggleSidebar() {
  sidebarOpen.value = !sidebarOpen.value;
  if (!NARROW.matches) {
    remember("sidebar", sidebarOpen.value);
    tell("sidebar", sidebarOpen.value ? "open" : "closed");
  }
  keepFocus(".toggles-sidebar");
}

/** Whether it lies over the room: nobody is to go about under it. */
export const sidebarCovers = () => isNarrow.value && sidebarOpen.value;

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
