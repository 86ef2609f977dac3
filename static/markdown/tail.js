// The end of an answer, which may still change: text goes in, blocks come out, and what cannot change any more is let go.
// So reading costs as much for the last word of a long answer as for its first.

import { blockOf, numberOf } from "./blocks.js";
import { grammar } from "./grammar.js";
import { shown } from "./unfinished.js";

/**
 * @import { SyntaxNode } from "../vendor/lezer-common/index.js"
 * @import { Before } from "./blocks.js"
 * @import { Node } from "./nodes.js"
 *
 * The blocks of what is open now; the first `final` of them change no more, and are not told again.
 * @typedef {{blocks: Node[], final: number}} Reading
 */

const LONGEST = 1 << 16; // a block that is longer, and cannot be let go in part, is cut at a line's end
const LINES_KEPT = 8; // of code, so that little is let go often

export class Tail {
  #text = "";
  #opening = ""; // what has opened the first block, where a part of that was let go: the lines of its fence, a table's head
  /** @type {Before} */
  #before = { skip: 0 };

  /** @param {string} text */
  append(text) {
    this.#text += text;
  }

  /** Whether there is too much to read all of it once more with each word. */
  get tooLong() {
    return this.#text.length > LONGEST;
  }

  /** Let go what is too long as if it had ended: all to the end of a line; the rest is another block. @returns {Reading} */
  cut() {
    const at = this.#text.lastIndexOf("\n", LONGEST) + 1 || LONGEST;
    const rest = this.#text.slice(at);
    const { blocks } = this.#read(this.#opening + this.#text.slice(0, at), true);
    this.#text = rest;
    return { blocks, final: blocks.length };
  }

  /** @param {boolean} ended whether nothing comes any more @returns {Reading} */
  read(ended) {
    return this.#read(this.#opening + this.#text, ended);
  }

  /** @param {string} text @param {boolean} ended @returns {Reading} */
  #read(text, ended) {
    let tree = grammar.parse(text);
    let source = { text, written: text.length };
    if (!ended) {
      source = shown(text, tree);
      if (source.text !== text) tree = grammar.parse(source.text);
    }
    const nodes = childrenOf(tree.topNode);
    const blocks = nodes.map((node, index) => blockOf(source, node, index ? undefined : this.#before));
    let final = ended ? nodes.length : 0;
    while (final + 1 < nodes.length && settled(source.text, nodes[final + 1].from)) final += 1;
    if (ended) this.#keep("", "", { skip: 0 });
    else if (final) this.#keep(text.slice(lineOf(text, nodes[final].from)), "", { skip: 0 });
    if (!ended && nodes.length) this.#letGo(text, nodes[final]);
    return { blocks, final };
  }

  /** Let go of the open block what changes no more: its next part is read the same without. @param {string} text @param {SyntaxNode} node */
  #letGo(text, node) {
    if (node.name === "BulletList" || node.name === "OrderedList") this.#letItemsGo(text, node);
    else if (node.name === "FencedCode" && node.getChildren("CodeMark").length < 2) this.#letLinesGo(text, node);
    else if (node.name === "Table") this.#letRowsGo(text, node);
  }

  /** @param {string} text @param {SyntaxNode} node */
  #letItemsGo(text, node) {
    const items = node.getChildren("ListItem");
    let count = items.length - 1;
    while (count > 0 && !(settled(text, items[count].from) && /^ {0,3}$/.test(before(text, items[count].from)))) count -= 1;
    if (count <= 0) return;
    const start = node.name === "OrderedList" ? this.#before.start ?? numberOf(text, node) : undefined;
    this.#keep(text.slice(lineOf(text, items[count].from)), "", { skip: this.#before.skip + count, start });
  }

  /** @param {string} text @param {SyntaxNode} node */
  #letLinesGo(text, node) {
    const from = text.indexOf("\n", node.from) + 1;
    const at = lineOf(text, text.lastIndexOf("\n"));
    const count = text.slice(from, at).split("\n").length - 1;
    if (!from || count < LINES_KEPT) return;
    const opening = text.slice(lineOf(text, node.from), from);
    this.#keep(text.slice(at), opening, { skip: this.#before.skip + count });
  }

  /** @param {string} text @param {SyntaxNode} node */
  #letRowsGo(text, node) {
    const rows = node.getChildren("TableRow");
    if (rows.length <= LINES_KEPT) return;
    const opening = text.slice(lineOf(text, node.from), lineOf(text, rows[0].from));
    const at = lineOf(text, rows[rows.length - 1].from);
    this.#keep(text.slice(at), opening, { skip: this.#before.skip + rows.length - 1 });
  }

  /** @param {string} text @param {string} opening @param {Before} before */
  #keep(text, opening, before) {
    this.#text = text;
    this.#opening = opening;
    this.#before = before;
  }
}

/** @param {SyntaxNode} node */
function childrenOf(node) {
  const children = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

/**
 * Whether what begins here is there for sure: its first line has ended, and the next one too, which may make it a table.
 * @param {string} text @param {number} from
 */
function settled(text, from) {
  const end = text.indexOf("\n", from);
  return end >= 0 && text.indexOf("\n", end + 1) >= 0;
}

/** Where this place's line begins. @param {string} text @param {number} at */
const lineOf = (text, at) => text.lastIndexOf("\n", at - 1) + 1;

/** What stands before this place in its line. @param {string} text @param {number} at */
const before = (text, at) => text.slice(lineOf(text, at), at);
