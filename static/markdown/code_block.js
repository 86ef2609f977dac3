// A block of code: its language, a button that copies it, and its lines. Each is an element of its own, in groups that the
// browser can lay out apart, so that another line costs the same in a long block as in a short one.

import { copy } from "../core/clipboard.js";
import { Highlighting } from "./highlighting.js";

/** @import { CodeNode } from "./nodes.js" */
/** @import { MarkdownWords } from "./draw.js" */

const LINES_IN_GROUP = 32; // markdown.css counts on it
const COPIED_MS = 2000;

export class CodeBlock {
  /** @param {CodeNode} node @param {MarkdownWords} words */
  constructor(node, words) {
    this.words = words;
    this.node = /** @type {CodeNode} */ ({ kind: "code", language: "", lines: [], skip: 0, closed: false });
    /** @type {HTMLElement[]} */
    this.lines = [];
    this.language = document.createElement("span");
    this.language.className = "md-code-language";
    this.button = copyButton(words, () => this.text);
    this.code = document.createElement("code");
    this.frame = document.createElement("pre");
    this.frame.tabIndex = 0; // it scrolls sideways, by keyboard too
    this.frame.setAttribute("role", "group");
    this.frame.append(this.code);
    const bar = document.createElement("div");
    bar.className = "md-code-bar";
    bar.append(this.language, this.button);
    this.dom = document.createElement("div");
    this.dom.className = "md-code";
    this.dom.append(bar, this.frame);
    this.highlighting = this.#highlighting("");
    this.#name(node.language);
    this.update(node);
  }

  /** All of the code, as it is to be copied. */
  get text() {
    return (this.code.textContent ?? "").replace(/\n$/, "");
  }

  /** @param {CodeNode} node */
  update(node) {
    if (node.language !== this.node.language) this.#name(node.language);
    const passed = node.skip - this.node.skip;
    const was = this.node.lines;
    node.lines.forEach((line, index) => {
      if (line !== was[index + passed] || node.skip + index >= this.lines.length) this.#put(node.skip + index, line);
    });
    while (this.lines.length > node.skip + node.lines.length) this.#drop();
    this.node = node;
    this.#colour(this.lines.length - (node.closed ? 0 : 1));
  }

  /** Nothing of it changes any more. */
  finish() {
    this.#colour(this.lines.length);
    this.highlighting.end();
  }

  /** Have the lines before this one coloured, those that were not so far. @param {number} to */
  #colour(to) {
    const { skip, lines } = this.node;
    const from = this.highlighting.lines;
    if (to > from) this.highlighting.read(lines.slice(from - skip, to - skip));
  }

  /** @param {string} language */
  #name(language) {
    this.language.textContent = language;
    this.frame.setAttribute("aria-label", language ? `${this.words.code}, ${language}` : this.words.code);
    this.highlighting = this.#highlighting(language);
  }

  /** @param {string} language */
  #highlighting(language) {
    return new Highlighting(language, (index, tokens) => this.lines[index]?.replaceChildren(...tokens, "\n"));
  }

  /** @param {number} index @param {string} text */
  #put(index, text) {
    const line = this.lines[index] ?? this.#begin();
    line.textContent = `${text}\n`;
  }

  #begin() {
    const line = document.createElement("span");
    if (this.lines.length % LINES_IN_GROUP === 0) {
      const group = document.createElement("span");
      group.className = "md-lines";
      this.code.append(group);
    }
    this.code.lastElementChild?.append(line);
    this.lines.push(line);
    return line;
  }

  #drop() {
    const group = this.code.lastElementChild;
    this.lines.pop()?.remove();
    if (!group?.childElementCount) group?.remove();
  }
}

/** @param {MarkdownWords} words @param {() => string} text */
function copyButton(words, text) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "md-code-copy";
  button.textContent = words.copy;
  button.addEventListener("click", async () => {
    if (!await copy(text())) return;
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = words.copy; }, COPIED_MS);
  });
  return button;
}
