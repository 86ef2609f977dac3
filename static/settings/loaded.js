// @ts-check
// What was read from the server once a section is opened, and is read again after each change. No markup.

import { batch, signal } from "../core/signal.js";

/** @template T */
export class Loaded {
  /** null: it was not read yet. @type {import("../core/signal.js").Signal<T | null>} */
  value = signal(/** @type {T | null} */ (null));
  /** Why the last try failed. @type {import("../core/signal.js").Signal<unknown>} */
  problem = signal(/** @type {unknown} */ (null));

  /** @param {() => Promise<T>} ask */
  constructor(ask) {
    this.ask = ask;
  }

  /** What was there stays until there is something newer. */
  async read() {
    try {
      const value = await this.ask();
      batch(() => {
        this.value.value = value;
        this.problem.value = null;
      });
    } catch (error) {
      this.problem.value = error;
    }
  }

  /** It was somebody else's. */
  forget() {
    batch(() => {
      this.value.value = null;
      this.problem.value = null;
    });
  }
}
