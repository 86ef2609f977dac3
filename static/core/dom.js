// @ts-check
// The one place that knows which library draws the page. What goes into a template is text, never markup.

import { render } from "../vendor/lit-html/lit-html.js";
import { effect } from "./signal.js";

export { html, nothing, render, svg } from "../vendor/lit-html/lit-html.js";
export { classMap } from "../vendor/lit-html/directives/class-map.js";
export { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
export { keyed } from "../vendor/lit-html/directives/keyed.js";
export { live } from "../vendor/lit-html/directives/live.js";
export { createRef, ref } from "../vendor/lit-html/directives/ref.js";
export { repeat } from "../vendor/lit-html/directives/repeat.js";

/** @typedef {import("../vendor/lit-html/lit-html.js").TemplateResult | typeof import("../vendor/lit-html/lit-html.js").nothing | string} View */

/**
 * Draw `view` into `root`, and again whenever a signal that it reads changes.
 * @param {HTMLElement} root
 * @param {() => View} view
 * @returns {() => void} draws no more
 */
export function mount(root, view) {
  return effect(() => {
    render(view(), root);
  });
}
