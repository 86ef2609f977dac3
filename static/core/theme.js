// @ts-check
// Light, dark, or as the system has it.

import { recall, remember } from "./memory.js";
import { signal } from "./signal.js";

/** @typedef {"system" | "light" | "dark"} Theme */

/** @type {import("./signal.js").Signal<Theme>} */
export const theme = signal(recall("theme", /** @type {Theme} */ ("system")));

/** @param {Theme} chosen */
export function chooseTheme(chosen) {
  theme.value = chosen;
  remember("theme", chosen === "system" ? undefined : chosen);
  applyTheme();
}

/** `data-theme` on the document decides; without it the system's wish counts. */
export function applyTheme() {
  const { dataset } = document.documentElement;
  if (theme.value === "system") delete dataset.theme;
  else dataset.theme = theme.value;
}
