// @ts-check
// A piece of an answer: words, thoughts, a refusal, or a call of a tool. It grows; who shows it hears of each growth.

import { signal } from "../core/signal.js";

/** @typedef {"text" | "reasoning" | "refusal" | "call"} PieceKind */

export class Piece {
  text = "";
  /** Of a call: the tool, and what its result refers to. */
  name = "";
  callId = "";
  /** @type {((delta: string) => void) | null} */
  #reader = null;
  #begunAt = 0;
  /** How long it took, once that is known. @type {import("../core/signal.js").Signal<number | null>} */
  seconds = signal(null);
  ended = signal(false);

  /** @param {PieceKind} kind */
  constructor(kind, { text = "", name = "", callId = "", ended = false } = {}) {
    Object.assign(this, { text, name, callId });
    this.kind = kind;
    this.ended.value = ended;
  }

  /** @param {string} delta */
  add(delta) {
    if (!this.text) this.#begunAt = performance.now();
    this.text += delta;
    this.#reader?.(delta);
  }

  end() {
    if (this.ended.value) return;
    if (this.#begunAt) this.seconds.value = (performance.now() - this.#begunAt) / 1000;
    this.ended.value = true;
  }

  /**
   * Hear of what is added from now on. There is one reader at a time.
   * @param {(delta: string) => void} reader
   * @returns {() => void} hears no more
   */
  read(reader) {
    this.#reader = reader;
    return () => {
      if (this.#reader === reader) this.#reader = null;
    };
  }
}
