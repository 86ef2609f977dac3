// @ts-check
// Something of the server that is asked again and again. What it said last is kept while it does not answer.

import { batch, signal } from "../core/signal.js";

/**
 * @template T
 * @typedef {(signal: AbortSignal) => Promise<T>} Ask
 */

/** @template T */
export class Reading {
  /** The last answer; null: there was none yet. @type {import("../core/signal.js").Signal<T | null>} */
  value = signal(/** @type {T | null} */ (null));
  /** When that came, in ms of `Date.now()`. */
  readAt = signal(0);
  /** Why the last try failed; null: it did not. @type {import("../core/signal.js").Signal<unknown>} */
  problem = signal(/** @type {unknown} */ (null));
  /** @type {AbortController | null} */
  #running = null;

  /**
   * @param {Ask<T>} ask
   * @param {number} [everyMs] 0: only when told to
   */
  constructor(ask, everyMs = 0) {
    this.ask = ask;
    this.everyMs = everyMs;
  }

  /** Ask now, and then again and again. What is under way is given up. */
  start() {
    this.stop();
    const running = (this.#running = new AbortController());
    void this.#go(running.signal);
  }

  stop() {
    this.#running?.abort();
    this.#running = null;
  }

  /** What was read is of something else now. */
  forget() {
    this.stop();
    batch(() => {
      this.value.value = null;
      this.problem.value = null;
    });
  }

  /** @param {AbortSignal} stopped */
  async #go(stopped) {
    while (!stopped.aborted) {
      await this.#once(stopped);
      if (!this.everyMs) return;
      await pause(this.everyMs, stopped);
    }
  }

  /** @param {AbortSignal} stopped */
  async #once(stopped) {
    try {
      const value = await this.ask(stopped);
      if (stopped.aborted) return;
      batch(() => {
        this.value.value = value;
        this.readAt.value = Date.now();
        this.problem.value = null;
      });
    } catch (error) {
      if (!stopped.aborted) this.problem.value = error;
    }
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} stopped
 * @returns {Promise<void>}
 */
function pause(ms, stopped) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    stopped.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
