// Reads blocks: paragraphs, headings, lists, quotes, tables, code and formulas with lines of their own.

import { inlineOf } from "./inline.js";
import { element } from "./nodes.js";

/**
 * @import { SyntaxNode } from "../vendor/lezer-common/index.js"
 * @import { Node } from "./nodes.js"
 * @import { Source } from "./inline.js"
 *
 * What of a block has been read before and is not in the source any more: so many children of it, and a list's number.
 * @typedef {{skip: number, start?: string}} Before
 */

const DEEPEST = 24; // quotes and lists within each other; a browser's layout has its limits too
const HEADING = /^ATXHeading(\d)$/;
const TOP_HEADING = 2; // an answer stands below the page's own headings
const DIRECTIONS = /** @type {Record<string, string>} */ ({ ":-": "start", "-:": "end", "::": "center" });
const WHOLE = { skip: 0 };

/**
 * @param {Source} source @param {SyntaxNode} node @param {Before} [before] @param {number} [depth]
 * @returns {Node}
 */
export function blockOf(source, node, before = WHOLE, depth = 0) {
  const heading = HEADING.exec(node.name);
  if (heading) return headingOf(source, node, Number(heading[1]));
  switch (depth < DEEPEST ? node.name : "") {
    case "Blockquote": return element("blockquote", childrenOf(source, node, depth));
    case "BulletList": case "OrderedList": return listOf(source, node, before, depth);
    case "Task": return element("p", [element("label", inlineOf(source, node))], { class: "md-task" });
    case "Table": return tableOf(source, node, before);
    case "FencedCode": case "CodeBlock": return codeOf(source, node, before);
    case "FormulaBlock": case "FormulaOpen": return formulaOf(source, node);
    case "HorizontalRule": return element("hr");
    case "Paragraph": return element("p", inlineOf(source, node));
    default: return element("p", [source.text.slice(node.from, node.to)]);
  }
}

/** The blocks in a quote or in an item of a list. @param {Source} source @param {SyntaxNode} node @param {number} depth */
function childrenOf(source, node, depth) {
  const blocks = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== "QuoteMark" && child.name !== "ListMark") blocks.push(blockOf(source, child, WHOLE, depth + 1));
  }
  return blocks;
}

/** @param {Source} source @param {SyntaxNode} node @param {number} level */
function headingOf(source, node, level) {
  const tag = `h${Math.min(level + TOP_HEADING, 6)}`;
  return element(tag, inlineOf(source, node), { "data-level": String(level) });
}

/** @param {Source} source @param {SyntaxNode} node @param {Before} before @param {number} depth */
function listOf(source, node, before, depth) {
  const items = node.getChildren("ListItem").map((item) => element("li", childrenOf(source, item, depth)));
  const start = node.name === "OrderedList" ? before.start ?? numberOf(source.text, node) : "1";
  return {
    ...element(node.name === "OrderedList" ? "ol" : "ul", items, start === "1" ? {} : { start }), skip: before.skip };
}

/** The number that an ordered list begins with. @param {string} text @param {SyntaxNode} node */
export function numberOf(text, node) {
  const mark = node.getChild("ListItem")?.getChild("ListMark");
  return mark ? String(parseInt(text.slice(mark.from, mark.to), 10)) : "1";
}

/** @param {Source} source @param {SyntaxNode} node @param {Before} before */
function tableOf(source, node, before) {
  const [header, delimiter] = [node.getChild("TableHeader"), node.getChild("TableDelimiter")];
  const columns = delimiter ? directions(source.text.slice(delimiter.from, delimiter.to)) : [];
  /** @param {SyntaxNode} row @param {string} tag */
  const rowOf = (row, tag) => {
    const cells = cellsOf(row);
    return element("tr", columns.map((direction, index) => {
      const cell = cells[index];
      return element(tag, cell ? inlineOf(source, cell) : [], direction ? { class: `md-to-${direction}` } : {});
    }));
  };
  const rows = node.getChildren("TableRow");
  return element("div", [element("table", [
    element("thead", header ? [rowOf(header, "th")] : []),
    { ...element("tbody", rows.map((row) => rowOf(row, "td"))), skip: before.skip },
  ])], { class: "md-table", tabindex: "0" });
}

/** @param {string} delimiter */
const directions = (delimiter) => delimiter.trim().replace(/^\||\|$/g, "").split("|")
  .map((column) => column.trim()).map((column) => DIRECTIONS[column[0] + (column.at(-1) ?? "")] ?? "");

/** A row's cells in their places: one that is empty has no node. @param {SyntaxNode} row */
function cellsOf(row) {
  /** @type {(SyntaxNode | null)[]} */
  const cells = [];
  let filled = row.firstChild?.name !== "TableDelimiter";
  let current = /** @type {SyntaxNode | null} */ (null);
  for (let child = row.firstChild; child; child = child.nextSibling) {
    if (child.name === "TableCell") current = child;
    else {
      if (filled) cells.push(current);
      filled = true;
      current = null;
    }
  }
  if (current) cells.push(current);
  return cells;
}

/** @param {Source} source @param {SyntaxNode} node @param {Before} before @returns {Node} */
function codeOf(source, node, before) {
  const info = node.getChild("CodeInfo");
  const marks = node.getChildren("CodeMark");
  const text = node.getChildren("CodeText").map(({ from, to }) => source.text.slice(from, to)).join("");
  const count = node.name === "CodeBlock" ? Infinity : fencedLines(source.text, node, marks);
  const lines = count === Infinity ? text.trimEnd().split("\n") : count ? text.split("\n").slice(0, count) : [];
  const language = info ? source.text.slice(info.from, info.to).split(/[\s{,:]/)[0] : "";
  return { kind: "code", language, lines, skip: before.skip, closed: marks.length > 1 };
}

/**
 * How many lines lie between the fences; a last one that is empty has not begun.
 * @param {string} text @param {SyntaxNode} node @param {SyntaxNode[]} marks
 */
function fencedLines(text, node, marks) {
  const inside = text.slice(node.from, marks[1]?.from ?? node.to);
  const breaks = inside.split("\n").length - 1;
  return marks.length > 1 || inside.endsWith("\n") ? breaks - 1 : breaks;
}

/** @param {Source} source @param {SyntaxNode} node @returns {Node} */
function formulaOf(source, node) {
  const written = source.text.slice(node.from, Math.min(node.to, source.written));
  const formula = node.getChildren("FormulaText").map(({ from, to }) => source.text.slice(from, to)).join("\n");
  const closed = node.name === "FormulaBlock";
  if (!closed && node.to < source.text.trimEnd().length) return element("p", [written]);
  return { kind: "formula", source: formula, display: true, closed, written };
}
