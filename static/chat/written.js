// @ts-check
// Writes a piece of an answer into an element as it grows: once in each of the browser's frames, however fast it comes.

import { AsyncDirective, directive, noChange } from "../core/dom.js";
import { effect } from "../core/signal.js";
import { MarkdownStream, renderMarkdown } from "./plain_markdown.js";

/** @import { Piece } from "./piece.js" */

const MOST_A_FRAME = 12_000; // characters: what comes all at once, after a reload, is spread over frames

class Written extends AsyncDirective {
  /** @type {Piece | null} */
  #piece = null;
  #stop = () => {};

  /** @param {Piece} piece */
  render(piece) {
    void piece;
    return noChange;
  }

  /**
   * @param {import("../vendor/lit-html/lit-html.js").ElementPart} at
   * @param {[Piece]} given
   */
  update(at, [piece]) {
    if (piece !== this.#piece) {
      this.#stop();
      this.#piece = piece;
      this.#stop = write(/** @type {HTMLElement} */ (at.element), piece);
    }
    return noChange;
  }

  disconnected() {
    this.#stop();
    this.#piece = null;
  }
}

export const written = directive(Written);

/**
 * @param {HTMLElement} root
 * @param {Piece} piece
 */
function write(root, piece) {
  if (piece.ended.value) {
    renderMarkdown(root, piece.text, {});
    return () => {};
  }
  const stream = new MarkdownStream(root, {});
  let fresh = piece.text;
  let frame = 0;
  const flush = () => {
    frame = 0;
    const now = fresh.slice(0, MOST_A_FRAME);
    fresh = fresh.slice(MOST_A_FRAME);
    if (now) stream.write(now);
    if (fresh) plan();
    else if (piece.ended.value) stream.end();
  };
  const plan = () => {
    frame ||= requestAnimationFrame(flush);
  };
  const leave = piece.read((delta) => {
    fresh += delta;
    plan();
  });
  const watch = effect(() => {
    if (piece.ended.value) plan();
  });
  plan();
  return () => {
    leave();
    watch();
    cancelAnimationFrame(frame);
  };
}
