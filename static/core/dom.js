// @ts-check
// The one place that knows which library draws the page. What goes into a template is text, never markup.

import { AsyncDirective, directive } from "../vendor/lit-html/async-directive.js";
import { clearPart, setCommittedValue } from "../vendor/lit-html/directive-helpers.js";
import { Directive } from "../vendor/lit-html/directive.js";
import { noChange, render } from "../vendor/lit-html/lit-html.js";
import { effect, untracked } from "./signal.js";

export { AsyncDirective, directive } from "../vendor/lit-html/async-directive.js";
export { html, noChange, nothing, render, svg } from "../vendor/lit-html/lit-html.js";
export { classMap } from "../vendor/lit-html/directives/class-map.js";
export { ifDefined } from "../vendor/lit-html/directives/if-defined.js";
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

class Keyed extends Directive {
  #key = /** @type {unknown} */ (this);

  /** @param {unknown} _key @param {unknown} view */
  render(_key, view) {
    return view;
  }

  /**
   * @param {import("../vendor/lit-html/lit-html.js").ChildPart} at
   * @param {[unknown, unknown]} given
   */
  update(at, [key, view]) {
    if (key !== this.#key) {
      clearPart(at);
      setCommittedValue(at);
      this.#key = key;
    }
    return view;
  }
}

/**
 * A piece of a template that is made anew where its key is another than before. The library's own drops the old one without
 * telling the directives in it, whose effects would then keep it for ever.
 * @type {(key: unknown, view: unknown) => import("../vendor/lit-html/directive.js").DirectiveResult}
 */
export const keyed = /** @type {any} */ (directive(Keyed));

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
