// @ts-check
// Whether the sidebar is open, and the button that opens it: each room has it in its bar.

import { html, nothing } from "../core/dom.js";
import { recall, remember } from "../core/memory.js";
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
}

/** The button that brings the sidebar back; a room puts it at the start of its bar. */
export const sidebarButton = () => (sidebarOpen.value ? nothing : html`
  <button type="button" class="bare" aria-label=${words().shell.showSidebar} title=${words().shell.showSidebar} @click=${toggleSidebar}>${icon("sidebar")}</button>`);
