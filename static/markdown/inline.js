// Reads what stands within a paragraph, a heading or a cell of a table.

import { linkAddress, pictureAddress } from "./addresses.js";
import { decoded } from "./entities.js";
import { formulaAt } from "./grammar.js";
import { add, element } from "./nodes.js";

/**
 * @import { SyntaxNode } from "../vendor/lezer-common/index.js"
 * @import { Node } from "./nodes.js"
 *
 * The text that is read, and the place where what has really been written ends: the rest is there to close it.
 * @typedef {{text: string, written: number}} Source
 */

const EMPHASIS = /** @type {Record<string, string>} */ ({ Emphasis: "em", StrongEmphasis: "strong", Strikethrough: "s" });
const BREAK = /^<br\s*\/?>$/i;
const SILENT = ["EmphasisMark", "StrikethroughMark", "HeaderMark", "QuoteMark", "CodeMark"];

/** @param {Source} source @param {SyntaxNode} node */
export function inlineOf(source, node) {
  return new Line(source).read(node.from, node.to, node.firstChild).ended();
}

class Line {
  /** @param {Source} source @param {boolean} [linked] whether a link is around it */
  constructor(source, linked = false) {
    this.source = source;
    this.linked = linked;
    /** @type {Node[]} */
    this.nodes = [];
    this.begins = true; // spaces that come now stand at the beginning of a line
  }

  /** @param {number} from @param {number} to @param {SyntaxNode | null} child the first one that begins in there */
  read(from, to, child) {
    let at = from;
    for (; child && child.from < to; child = child.nextSibling) {
      this.#text(at, child.from);
      this.#node(child);
      at = child.to;
    }
    this.#text(at, to);
    return this;
  }

  /** What was read, without the spaces at its end. */
  ended() {
    const last = this.nodes.at(-1);
    if (typeof last === "string") this.nodes[this.nodes.length - 1] = last.trimEnd();
    if (this.nodes.at(-1) === "") this.nodes.pop();
    return this.nodes;
  }

  /** @param {number} from @param {number} to */
  #text(from, to) {
    if (from < to) this.#written(this.source.text.slice(from, to));
  }

  /** A line of the source is one in the page too: that is how models mean it. @param {string} text */
  #written(text) {
    text.split("\n").forEach((line, index) => {
      if (index) this.#break();
      this.#add(this.begins ? line.trimStart() : line);
    });
  }

  /** @param {Node} node */
  #add(node) {
    if (node === "") return;
    this.begins = false;
    add(this.nodes, node);
  }

  #break() {
    this.ended();
    this.nodes.push(element("br"));
    this.begins = true;
  }

  /** @param {SyntaxNode} node */
  #node(node) {
    const { name, from, to } = node;
    const text = this.source.text.slice(from, to);
    if (SILENT.includes(name)) return;
    if (name in EMPHASIS) this.#add(element(EMPHASIS[name], this.#within(node)));
    else if (name === "InlineCode") this.#code(node);
    else if (name === "Formula") this.#formula(node);
    else if (name === "Link") this.#link(node);
    else if (name === "Image") this.#picture(node);
    else if (name === "URL") this.#address(text, text);
    else if (name === "Autolink") this.#address(text.slice(1, -1), text);
    else if (name === "TaskMarker") this.#add(checkbox(text));
    else if (name === "HardBreak" || (name === "HTMLTag" && BREAK.test(text))) this.#break();
    else if (name === "Escape") this.#add(text.slice(1));
    else if (name === "Entity") this.#add(decoded(text));
    else this.#written(text);
  }

  /** @param {SyntaxNode} node @param {boolean} [linked] */
  #within(node, linked = this.linked) {
    const inner = new Line(this.source, linked);
    inner.begins = this.begins;
    return inner.read(node.from, node.to, node.firstChild).nodes;
  }

  /** @param {SyntaxNode} node */
  #code(node) {
    const [first, last] = [node.firstChild, node.lastChild];
    const text = this.source.text.slice(first?.to, last?.from).replace(/\s*\n\s*/g, " ");
    this.#add(element("code", [/^ .*\S.* $/.test(text) ? text.slice(1, -1) : text]));
  }

  /** @param {SyntaxNode} node */
  #formula({ from, to }) {
    const text = this.source.text.slice(from, to);
    const found = formulaAt(text, 0);
    if (!found) return this.#written(text);
    const written = text.slice(0, Math.max(0, this.source.written - from));
    const closed = to <= this.source.written;
    this.#add({ kind: "formula", source: text.slice(found.from, found.to), display: found.display, closed, written });
  }

  /** @param {SyntaxNode} node */
  #link(node) {
    const { label, written } = this.#target(node);
    if (written === null || !label) return this.read(node.from, node.to, node.firstChild);
    const address = linkAddress(written);
    const open = node.to > this.source.written; // more of its address may come
    if (!open && !address) return this.#written(this.source.text.slice(node.from, node.to));
    const inner = new Line(this.source, true).read(label.from, label.to, label.first).nodes;
    this.#add(open || !address ? element("a", inner, { class: "md-link" }) : link(address, inner));
  }

  /** @param {SyntaxNode} node */
  #picture(node) {
    const { label, written } = this.#target(node);
    const text = this.source.text.slice(node.from, node.to);
    const address = written === null ? null : pictureAddress(written);
    const alt = label ? plain(new Line(this.source, true).read(label.from, label.to, label.first).nodes) : "";
    if (node.to > this.source.written) this.#add(alt);
    else if (!address) this.#written(text);
    else if (this.linked) this.#add(alt || new URL(address).host);
    else this.#add({ kind: "picture", address, alt });
  }

  /** A link's label, and its address as it is written. @param {SyntaxNode} node */
  #target(node) {
    const marks = node.getChildren("LinkMark");
    const url = node.getChild("URL");
    const written = url && this.source.text.slice(url.from, url.to).replace(/^<(.*)>$/s, "$1");
    const label = marks.length > 1 ? { from: marks[0].to, to: marks[1].from, first: marks[0].nextSibling } : null;
    return { label, written: written && written.replace(/\\([!-/:-@[-`{-~])/g, "$1").replace(/&#?\w+;/g, decoded) };
  }

  /** @param {string} written @param {string} text */
  #address(written, text) {
    const address = this.linked ? null : linkAddress(written);
    this.#add(address ? link(address, [written]) : text);
  }
}

/** @param {string} address @param {Node[]} children */
const link = (address, children) =>
  element("a", children, { class: "md-link", href: address, target: "_blank", rel: "noopener noreferrer nofollow" });

/** @param {string} marker */
const checkbox = (marker) => element("input", [], { type: "checkbox", disabled: "", ...(/x/i.test(marker) ? { checked: "" } : {}) });

/** @param {Node[]} nodes @returns {string} */
const plain = (nodes) => nodes.map((node) => (typeof node === "string" ? node : node.kind === "element" ? plain(node.children) : "")).join("");
