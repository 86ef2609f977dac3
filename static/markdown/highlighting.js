// Colours for one block of code while it grows. A worker reads the lines and sends back what each consists of; until then,
// and where it does not know the language, they are plain. Colours change no width, so nothing moves when they come.

/**
 * What a line consists of: lengths of text, each with the kind of token that it is, or nothing.
 * @typedef {[kind: string, length: number][]} Tokens
 *
 * Lines of a block from a number on; after the last of them none is told of it any more.
 * @typedef {{block: number, from: number, lines: Tokens[], last: boolean}} Told
 */

const KIND = /^[a-z]+$/;
const LONGEST = 300_000; // characters of a block that is coloured

/** @type {Worker | undefined} */
let worker;
let last = 0;
/** @type {Map<number, Highlighting>} */
const growing = new Map();

export class Highlighting {
  #block = (last += 1);
  #length = 0;
  /** @type {string[]} */
  #texts = [];

  /** @param {string} language as it is written @param {(index: number, tokens: Node[]) => void} show one line */
  constructor(language, show) {
    this.language = language.toLowerCase();
    this.show = show;
  }

  /** How many lines it has been given. */
  get lines() {
    return this.#texts.length;
  }

  /** @param {string[]} lines more of it, finished ones */
  read(lines) {
    this.#texts.push(...lines);
    this.#length += lines.reduce((sum, line) => sum + line.length + 1, 0);
    if (!this.language || this.#length > LONGEST) return;
    growing.set(this.#block, this);
    started().postMessage({ block: this.#block, language: this.language, lines });
  }

  /** No line comes any more. */
  end() {
    if (growing.has(this.#block)) worker?.postMessage({ block: this.#block, language: this.language, lines: [], ended: true });
  }

  /** @param {Told} told */
  received({ from, lines, last }) {
    if (last) growing.delete(this.#block);
    lines.forEach((tokens, index) => this.show(from + index, pieces(this.#texts[from + index], tokens)));
  }
}

function started() {
  if (!worker) {
    worker = new Worker(new URL("./highlighting_worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }) => growing.get(data.block)?.received(data));
  }
  return worker;
}

/** @param {string} text @param {Tokens} tokens */
function pieces(text, tokens) {
  let at = 0;
  return tokens.map(([kind, length]) => {
    const piece = document.createTextNode(text.slice(at, at += length));
    if (!KIND.test(kind)) return piece;
    const element = document.createElement("span");
    element.className = `md-token-${kind}`;
    element.append(piece);
    return element;
  });
}
