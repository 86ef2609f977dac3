// @ts-check
// A list of the server's, page by page: it is asked for by the last id of the page before.

import { http } from "../core/http.js";
import { signal } from "../core/signal.js";
import { Reading } from "./reading.js";

const PAGE = 20;

/**
 * @template T
 * @typedef {{data: T[], has_more: boolean, last_id: string | null, total?: number}} Page
 */

/** @template T */
export class Paged {
  /** The last ids of the pages before this one, the first page's first. @type {import("../core/signal.js").Signal<string[]>} */
  before = signal([]);

  /**
   * @param {string} path
   * @param {{everyMs?: number, query?: () => Record<string, string>}} [how]
   */
  constructor(path, { everyMs = 0, query = () => ({}) } = {}) {
    /** @type {Reading<Page<T>>} */
    this.reading = new Reading((stopped) => (
      http.get(path, { limit: PAGE, after: this.before.value.at(-1), ...query() }, stopped)), everyMs);
  }

  /** Something else is asked for from now on. */
  beginAnew() {
    this.#turn([]);
  }

  next() {
    const last = this.reading.value.value?.last_id;
    if (last) this.#turn([...this.before.value, last]);
  }

  previous() {
    if (this.before.value.length) this.#turn(this.before.value.slice(0, -1));
  }

  /** @param {string[]} before */
  #turn(before) {
    this.before.value = before;
    this.reading.start();
  }
}
