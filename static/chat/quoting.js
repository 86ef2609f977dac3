// @ts-check
// What is selected in an answer, so that it can be quoted; and how a quote is written.

import { signal } from "../core/signal.js";

/** @typedef {{text: string, left: number, top: number}} Selected where it ends on the screen */

export class Quoting {
  /** @type {import("../core/signal.js").Signal<Selected | null>} */
  selected = signal(null);

  /** In the page, in sight or not. */
  #any = false;
  #frame = 0;

  constructor() {
    document.addEventListener("selectionchange", () => this.#soon());
    // Not unless there is something: to look means to lay out the page, and an answer that grows scrolls in each picture.
    document.addEventListener("scroll", () => { if (this.#any) this.#soon(); }, { capture: true, passive: true });
  }

  #soon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#any = !getSelection()?.isCollapsed;
      this.selected.value = selectedNow();
    });
  }

  /** What is selected within this element; empty where nothing is. @param {Element} element */
  within(element) {
    const selection = getSelection();
    return selection?.anchorNode && element.contains(selection.anchorNode) ? selection.toString().trim() : "";
  }
}

/** As Markdown has it, with room for what one says to it. @param {string} text */
export const quoted = (text) => `${text.trim().split("\n").map((line) => (line.trim() ? `> ${line}` : ">")).join("\n")}\n\n`;

/** @returns {Selected | null} */
function selectedNow() {
  const selection = getSelection();
  const text = selection?.toString().trim();
  if (!selection || !text || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  if (!textOf(range.startContainer) || !textOf(range.endContainer)) return null;
  const lines = range.getClientRects();
  const end = lines[lines.length - 1];
  return end && end.bottom > 0 && end.top < innerHeight ? { text, left: end.right, top: end.bottom } : null;
}

/** @param {Node} node */
const textOf = (node) => (node instanceof Element ? node : node.parentElement)?.closest(".answer-text");
