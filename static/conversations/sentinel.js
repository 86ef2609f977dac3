// @ts-check
// The row behind which a list has to be read on. It does so by itself when it comes into sight.

import { html, keyed, nothing, part, ref } from "../core/dom.js";
import { signal } from "../core/signal.js";
import { words } from "../core/words.js";
import { problemInWords } from "../ui/problem.js";

const AHEAD = "600px";

export class Sentinel {
  /** @type {import("../core/signal.js").Signal<unknown>} */
  problem = signal(null);
  #busy = false;
  /** @type {IntersectionObserver | undefined} */
  #observer;

  /** @param {() => Promise<void>} readOn */
  constructor(readOn) {
    this.readOn = readOn;
  }

  /** @param {string} key another row has another key: then it is looked anew whether that one is in sight */
  view(key) {
    return keyed(key, html`<li class="more-row" ${ref(this.#stands)}>${part(this.#within)}</li>`);
  }

  #within = () => {
    const { value: problem } = this.problem;
    return html`
      ${problem ? html`<span class="soft">${problemInWords(problem)}</span>` : nothing}
      <button type="button" class="link" @click=${() => void this.read()}>${problem ? words().common.retry : words().common.more}</button>`;
  };

  /** The same function each time, so that it is called when the row comes and goes only. */
  #stands = (/** @type {Element | undefined} */ row) => {
    this.#observer?.disconnect();
    if (row) queueMicrotask(() => this.#observe(row)); // by then it stands in the page
  };

  /** @param {Element} row */
  #observe(row) {
    this.#observer = new IntersectionObserver((seen) => {
      if (seen.some((entry) => entry.isIntersecting) && !this.problem.value) void this.read();
    }, { root: row.closest("[data-scrolls]"), rootMargin: AHEAD });
    this.#observer.observe(row);
  }

  async read() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.readOn();
      this.problem.value = null;
    } catch (error) {
      this.problem.value = error;
    } finally {
      this.#busy = false;
    }
  }
}
