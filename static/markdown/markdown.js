// Shows Markdown as it arrives, and whole answers. What comes is read and drawn once per picture of the screen, in short pieces.

import { draw, settle } from "./draw.js";
import { Groups } from "./groups.js";
import { Incoming } from "./incoming.js";
import { Tail } from "./tail.js";

/**
 * @import { Drawn, MarkdownWords } from "./draw.js"
 * @import { Reading } from "./tail.js"
 *
 * @typedef {{words: MarkdownWords}} MarkdownOptions
 */

const BUDGET_MS = 8; // of a picture's time
const REST = 4; // a step that took longer is followed by a pause of so many times its length
const UNSEEN_MS = 200; // a page that nobody sees is given no pictures

export class MarkdownStream {
  #incoming = new Incoming();
  #tail = new Tail();
  /** @type {Drawn[]} what may still change */
  #open = [];
  /** @type {Groups} */
  #groups;
  #waiting = false;
  #drawnWhole = false;
  /** @type {(() => void)[]} */
  #whenWhole = [];

  /** @param {HTMLElement} root an empty element @param {MarkdownOptions} options */
  constructor(root, { words }) {
    root.classList.add("markdown");
    this.root = root;
    this.#groups = new Groups(root);
    this.words = words;
  }

  /** All that was written, as it was. */
  get text() {
    return this.#incoming.text;
  }

  /** More of the answer: it is seen in the next picture. @param {string} text */
  write(text) {
    this.#incoming.write(text);
    this.#wait(0);
  }

  /** Nothing comes any more: what was open is closed. Resolves when all of it is in the page. @returns {Promise<void>} */
  end() {
    this.#incoming.ended = true;
    return new Promise((resolve) => {
      this.#whenWhole.push(resolve);
      this.#go();
    });
  }

  /** Show what has come now, and not in the next picture. */
  flush() {
    this.#step(Infinity);
  }

  /** @param {number} pause_ms */
  #wait(pause_ms) {
    if (this.#waiting) return;
    this.#waiting = true;
    const go = () => {
      this.#waiting = false;
      this.#go();
    };
    if (pause_ms || document.hidden) setTimeout(go, pause_ms || UNSEEN_MS);
    else requestAnimationFrame(go);
  }

  #go() {
    const began = performance.now();
    const more = this.#step(began + BUDGET_MS);
    const took = performance.now() - began;
    if (more) this.#wait(took > 2 * BUDGET_MS ? REST * took : 0);
    else if (this.#drawnWhole) for (const resolve of this.#whenWhole.splice(0)) resolve();
  }

  /** Read and draw what has come, for so long; whether there is more. @param {number} until_ms */
  #step(until_ms) {
    for (let piece = this.#incoming.next(); piece; piece = this.#incoming.next()) {
      this.#tail.append(piece);
      this.#draw();
      if (performance.now() >= until_ms) return this.#incoming.more;
    }
    if (this.#incoming.over && !this.#drawnWhole) this.#draw();
    return false;
  }

  #draw() {
    this.#drawnWhole = this.#incoming.over;
    while (this.#tail.tooLong) this.#put(this.#tail.cut());
    this.#put(this.#tail.read(this.#drawnWhole));
    if (this.#drawnWhole) this.#groups.end();
  }

  /** @param {Reading} reading */
  #put({ blocks, final }) {
    const drawn = draw(this.#groups.last, this.#open, blocks, this.words);
    for (const block of drawn.slice(0, final)) settle(block, this.#groups);
    this.#open = drawn.slice(final);
  }
}

/**
 * A whole answer at once; a long one step by step, so that the page goes on meanwhile. Resolves when all of it is there.
 * @param {HTMLElement} root an empty element @param {string} text @param {MarkdownOptions} options
 */
export function renderMarkdown(root, text, options) {
  const stream = new MarkdownStream(root, options);
  stream.write(text);
  return stream.end();
}
