// The Markdown that answers are written in: CommonMark and GitHub's additions, with formulas. What would make a line that
// is still growing turn into something else (a heading by underlining, HTML blocks) is left out.

import { GFM, parser } from "../vendor/lezer-markdown/index.js";

/**
 * @import { BlockContext, BlockParser, InlineParser, Line } from "../vendor/lezer-markdown/index.js"
 *
 * Where a formula's source lies in its text, and where the formula ends.
 * @typedef {{from: number, to: number, end: number, display: boolean}} Formula
 */

const LONGEST_INLINE = 4000; // beyond it a paragraph is read as plain text: links cost the square of its length
/** What closes a formula, by what opens it. */
export const CLOSING = /** @type {Record<string, string>} */ ({ "$$": "$$", "\\(": "\\)", "\\[": "\\]" });
const ENVIRONMENT = /^\\begin\{((?:align|aligned|alignat|cases|CD|equation|gather|gathered|[bBpvV]?matrix)\*?)\}/;
const PRICE = /^\d[\d.,]*[^\\{}^_=]*\s[A-Za-z]{2,}/;

/**
 * The formula within a line that begins at this place, if one does.
 * @param {string} text @param {number} at
 * @returns {Formula | null}
 */
export function formulaAt(text, at) {
  const closing = CLOSING[text.slice(at, at + 2)];
  if (!closing) return text[at] === "$" ? betweenDollars(text, at) : null;
  const to = text.indexOf(closing, at + 2);
  if (to < 0 || !text.slice(at + 2, to).trim()) return null;
  return { from: at + 2, to, end: to + 2, display: closing !== "\\)" };
}

/**
 * `$x$`, but no amount of money: not after a word or a dollar, nothing blank inside its dollars, no word or digit after.
 * @param {string} text @param {number} at
 * @returns {Formula | null}
 */
function betweenDollars(text, at) {
  if (/[\w$]/.test(text[at - 1] ?? "") || /[\s$]|^$/.test(text[at + 1] ?? "")) return null;
  let to = at + 1;
  while (to < text.length && text[to] !== "$" && text[to] !== "\n") to += text[to] === "\\" ? 2 : 1;
  if (text[to] !== "$" || /\s/.test(text[to - 1]) || /[\w$]/.test(text[to + 1] ?? "")) return null;
  return PRICE.test(text.slice(at + 1, to)) ? null : { from: at + 1, to, end: to + 1, display: false };
}

/**
 * What opens a formula that has lines of its own, and what closes it; null where the line goes on after the closing.
 * @param {string} text @param {number} at
 */
function openingAt(text, at) {
  const environment = ENVIRONMENT.exec(text.slice(at));
  const open = environment?.[0] ?? text.slice(at, at + 2);
  const close = environment ? `\\end{${environment[1]}}` : open === "\\(" ? "" : CLOSING[open];
  if (!close) return null;
  const closed = text.indexOf(close, at + open.length);
  return closed >= 0 && text.slice(closed + close.length).trim() ? null : { open, close, whole: Boolean(environment) };
}

/** @param {Line} line */
const indented = (line) => line.indent - line.baseIndent >= 4;

/**
 * Whether the line is outside the quote or list item that a block began in; that is what the library's own blocks ask too.
 * @param {BlockContext} cx @param {Line} line
 */
const left = (cx, line) => /** @type {Line & {depth: number}} */ (line).depth < cx.depth;

/** @type {BlockParser} */
const formulaBlocks = {
  name: "FormulaBlock",
  before: "FencedCode",
  parse(cx, line) {
    const opening = indented(line) ? null : openingAt(line.text, line.pos);
    if (!opening) return false;
    const { open, close, whole } = opening;
    const from = cx.lineStart + line.pos;
    const parts = [];
    let [at, closed, empty, rest] = [line.pos + (whole ? 0 : open.length), -1, true, ""];
    for (;;) {
      closed = line.text.indexOf(close, at);
      const to = closed < 0 ? line.text.length : closed + (whole ? close.length : 0);
      parts.push(...line.markers.filter((mark) => mark.from > from));
      if (to > at) parts.push(cx.elt("FormulaText", cx.lineStart + at, cx.lineStart + to));
      empty &&= !line.text.slice(at, to).trim();
      if (closed >= 0) break;
      if (!cx.nextLine() || left(cx, line) || (!empty && line.next < 0)) break; // none goes over an empty line
      at = line.basePos;
    }
    const end = closed < 0 ? cx.prevLineEnd() : cx.lineStart + closed + close.length;
    cx.addElement(cx.elt(closed < 0 ? "FormulaOpen" : "FormulaBlock", from, end, parts));
    if (closed < 0) return true;
    rest = line.text.slice(closed + close.length);
    if (rest.trim()) cx.addElement(cx.elt("Paragraph", end, end + rest.length, cx.parser.parseInline(rest, end)));
    cx.nextLine();
    return true;
  },
  endLeaf: (_, line) => !indented(line) && openingAt(line.text, line.pos) !== null,
};

/** @type {InlineParser} */
const formulas = {
  name: "Formula",
  before: "Escape",
  parse(cx, next, at) {
    if (next !== 36 /* $ */ && next !== 92 /* \ */) return -1;
    const found = formulaAt(cx.text, at - cx.offset);
    return found ? cx.addElement(cx.elt("Formula", at, cx.offset + found.end)) : -1;
  },
};

/** @type {InlineParser} */
const plainWhereLong = { name: "Plain", before: "Formula", parse: (cx) => (cx.text.length > LONGEST_INLINE ? cx.end : -1) };

export const grammar = parser.configure([GFM, {
  remove: ["HTMLBlock", "SetextHeading", "LinkReference"],
  defineNodes: [
    { name: "FormulaBlock", block: true }, { name: "FormulaOpen", block: true }, { name: "FormulaText" }, { name: "Formula" }],
  parseBlock: [formulaBlocks],
  parseInline: [formulas, plainWhereLong],
}]);
