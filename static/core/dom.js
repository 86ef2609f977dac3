// @ts-check
// The one place that knows which library draws the page. What goes into a template is text, never markup.

import { AsyncDirective, directive } from "../vendor/lit-html/async-directive.js";
import { noChange, render } from "../vendor/lit-html/lit-html.js";
import { effect, untracked } from "./signal.js";

export { AsyncDirective, directive } from "../vendor/lit-html/async-directive.js";
export { html, noChange, nothing, render, svg } from "../vendor/lit-html/lit-html.js";
export { classMap } from "../vendor/lit-html/directives/class-map.js";
export { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
export { keyed } from "../vendor/lit-html/directives/keyed.js";
export { live } from "../vendor/lit-html/directives/live.js";
export { createRef, ref } from "../vendor/lit-html/directives/ref.js";
export { repeat } from "../vendor/lit-html/directives/repeat.js";

/** @typedef {import("../vendor/lit-html/lit-html.js").TemplateResult | typeof import("../vendor/lit-html/lit-html.js").nothing | string} View */

/**
 * Draw `view` into `root`, in the place of what is there, and again whenever a signal that it reads changes.
 * @param {HTMLElement} root
 * @param {() => View} view
 * @returns {() => void} draws no more
 */
export function mount(root, view) {
  root.replaceChildren();
  return effect(() => {
    render(view(), root);
  });
}

class Part extends AsyncDirective {
  /** @type {unknown[]} */
  #drawn = [];
  #stop = () => {};

  /**
   * @template {unknown[]} T
   * @param {(...given: T) => unknown} view
   * @param {T} given
   */
  render(view, ...given) {
    const wanted = [view, ...given];
    if (wanted.length === this.#drawn.length && wanted.every((one, i) => one === this.#drawn[i])) return noChange;
    this.#drawn = wanted;
    return this.#start();
  }

  disconnected() {
    this.#stop();
    this.#drawn = [];
  }

  /** Draws it at once, and sets it anew whenever a signal that it reads changes. */
  #start() {
    this.#stop();
    const [view, ...given] = /** @type {[(...given: unknown[]) => unknown, ...unknown[]]} */ (this.#drawn);
    /** @type {unknown} */
    let first;
    let begun = false;
    this.#stop = effect(() => {
      const drawn = view(...given);
      if (begun) untracked(() => this.setValue(drawn));
      else first = drawn;
    });
    begun = true;
    return first;
  }
}

/**
 * A piece of a template that is drawn anew by itself: what it reads concerns the template around it no more. That one draws it
 * anew only where `view` or what is given to it is another than before, so hand in what lasts, and no function made on the spot.
 * @type {<T extends unknown[]>(view: (...given: T) => unknown, ...given: T) => import("../vendor/lit-html/directive.js").DirectiveResult}
 */
export const part = /** @type {any} */ (directive(Part));
