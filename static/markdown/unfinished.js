// How an answer looks before its end has come: what cannot be told yet is held back, what is open is closed for the time
// being. So nothing is shown as one thing and, a token later, as another. What is shown in the end owes nothing to this.

import { CLOSING, formulaAt } from "./grammar.js";

/** @import { SyntaxNode, Tree } from "../vendor/lezer-common/index.js" */

// A last line that is but the beginning of a mark.
const MARK = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*(?:`{1,2}|~{1,2}|#{1,6}|[-*+]|\d{1,9}[.)]?|\[[ xX]?\]?|\$\$?|(?:[-*_][ \t]*){2,})?[ \t]*$/;
const FENCE = /^[ \t>]*(?:`+|~+)?[ \t]*$/;
const ROWS = /(?:(?:^|\n)[ \t>]*\|[^\n]*)+\n?$/; // of what may become a table
const LOOSE_END = /(?:[*_~`]+|&#?\w{0,8}|<(?:br?[ \t]*\/?)?|\\[([]?|(?<=^|\s)!|\[|!\[[^\]\n]*(?:\](?:\([^\s)]*)?)?)$/;
const LONGEST_END = 300;
const TEXT = ["Paragraph", "Task", "TableCell", "ATXHeading1", "ATXHeading2", "ATXHeading3", "ATXHeading4", "ATXHeading5", "ATXHeading6"];
const WITHIN = ["Blockquote", "BulletList", "OrderedList", "ListItem", "Table", "TableHeader", "TableRow"];

/**
 * The text as it is to be read now: without what is held back, and with what closes it. `written` says where that begins.
 * @param {string} text @param {Tree} tree what it is so far
 */
export function shown(text, tree) {
  const last = lastBlock(tree.topNode);
  const line = text.slice(text.lastIndexOf("\n") + 1);
  if (last?.name === "FencedCode") {
    const begins = !text.slice(last.from).includes("\n"); // its language may have more letters
    return asIs(begins || FENCE.test(line) ? text.slice(0, text.length - line.length) : text);
  }
  if (last?.name === "CodeBlock" || last?.name.startsWith("Formula")) return asIs(text);
  const begun = line.slice(0, -LONGEST_END) + line.slice(-LONGEST_END).replace(LOOSE_END, "");
  let kept = text.slice(0, text.length - line.length) + (MARK.test(begun) ? "" : begun);
  if (last?.name === "Paragraph") kept = kept.slice(0, last.from) + kept.slice(last.from).replace(ROWS, "");
  kept = kept.trimEnd();
  if (!last || !TEXT.includes(last.name) || kept.length <= last.from || kept.length > last.to) return asIs(kept);
  return { text: kept + closing(kept.slice(last.from)), written: kept.length };
}

/** @param {string} text */
const asIs = (text) => ({ text, written: text.length });

/** The innermost block at the end. @param {SyntaxNode} node @returns {SyntaxNode | null} */
function lastBlock(node) {
  let last = node.lastChild;
  while (last && WITHIN.includes(last.name) && last.lastChild) {
    const inner = last.lastChild;
    last = inner.name === "TableDelimiter" && inner.prevSibling && last.name !== "Table" ? inner.prevSibling : inner;
  }
  return last;
}

/** What closes the emphasis, the code, the link and the formula that are open at the end. @param {string} text */
function closing(text) {
  /** @type {{mark: string, count: number}[]} */
  const open = [];
  const rest = () => open.reverse().map(({ mark, count }) => mark.repeat(count)).join("");
  for (let at = 0; at < text.length;) {
    const formula = formulaAt(text, at);
    const two = text.slice(at, at + 2);
    if (formula) at = formula.end;
    else if (CLOSING[two]) return (text.slice(at + 2).trim() && CLOSING[two]) + rest();
    else if (two[0] === "\\") at += 2;
    else if (two[0] === "\n") {
      open.length = 0; // emphasis that goes over a line's end is seldom meant
      at += 1;
    } else if (two[0] === "`") {
      const ticks = run(text, at);
      const end = endOfCode(text, at + ticks.length, ticks.length);
      if (end < 0) return ticks + rest();
      at = end;
    } else if (two === "](") {
      const address = /^[^\s<]*$/.exec(text.slice(at + 2))?.[0];
      const depth = address === undefined ? 0 : parentheses(address);
      if (address !== undefined && depth) return (address ? "" : "#") + ")".repeat(depth) + rest();
      at += 2;
    } else if ("*_~".includes(two[0])) at = emphasis(text, at, open);
    else at += 1;
  }
  return rest();
}

/** How many parentheses are open at the end of a link's address, its own one too. @param {string} address */
function parentheses(address) {
  let depth = 1;
  for (const letter of address) {
    if (letter === "(") depth += 1;
    else if (letter === ")" && (depth -= 1) === 0) break;
  }
  return depth;
}

/** @param {string} text @param {number} at */
const run = (text, at) => /^(.)\1*/s.exec(text.slice(at))?.[0] ?? "";

/** Where code that so many ticks have opened ends, or −1. @param {string} text @param {number} from @param {number} count */
function endOfCode(text, from, count) {
  for (let at = text.indexOf("`", from); at >= 0; at = text.indexOf("`", at)) {
    const length = run(text, at).length;
    at += length;
    if (length === count) return at;
  }
  return -1;
}

/** @param {string} text @param {number} at @param {{mark: string, count: number}[]} open */
function emphasis(text, at, open) {
  const marks = run(text, at);
  const [mark, end] = [marks[0], at + marks.length];
  const [before, after] = [text[at - 1] ?? " ", text[end] ?? " "];
  let left = mark === "~" && marks.length !== 2 ? 0 : marks.length;
  const word = mark === "_" && /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after);
  while (left && !word && /\S/.test(before) && open.at(-1)?.mark === mark) {
    const last = open[open.length - 1];
    const closed = Math.min(left, last.count);
    left -= closed;
    last.count -= closed;
    if (!last.count) open.pop();
  }
  if (left && !word && /\S/.test(after) && !(/\p{P}/u.test(after) && /[\p{L}\p{N}]/u.test(before))) open.push({ mark, count: left });
  return end;
}
