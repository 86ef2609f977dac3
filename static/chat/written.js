// @ts-check
// Writes a piece of an answer into an element as it grows.

import { AsyncDirective, directive, noChange } from "../core/dom.js";
import { effect } from "../core/signal.js";
import { words } from "../core/words.js";
import { MarkdownStream, renderMarkdown } from "../markdown/markdown.js";

/** @import { Piece } from "./piece.js" */

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
 * What draws it does so once in each of the browser's pictures, however fast it comes.
 * @param {HTMLElement} root
 * @param {Piece} piece
 */
function write(root, piece) {
  root.replaceChildren();
  const options = { words: words().markdown };
  if (piece.ended.value) {
    void renderMarkdown(root, piece.text, options);
    return () => {};
  }
  const stream = new MarkdownStream(root, options);
  if (piece.text) stream.write(piece.text);
  const leave = piece.read((delta) => stream.write(delta));
  const watch = effect(() => {
    if (piece.ended.value) void stream.end();
  });
  return () => {
    leave();
    watch();
  };
}
