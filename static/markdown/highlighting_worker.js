// Reads code beside the page. It reads a block from its beginning each time, since a line can mean another thing by what was
// before it; so it rests a while in between, and a long block costs no more of the machine than a short one.

/** @import { Tokens } from "./highlighting.js" */

/**
 * @typedef {{value: string}} Result
 * @typedef {{getLanguage: (name: string) => object | undefined,
 *   highlight: (code: string, options: {language: string, ignoreIllegals: boolean}) => Result}} Highlighter
 *
 * @typedef {object} Block
 * @property {string} language
 * @property {string} code
 * @property {string[]} known what its lines consist of, as it has been told
 * @property {number} due when it is to be read again at the earliest
 * @property {boolean} ended whether no line of it comes any more
 */

const SHARE = 4; // it rests so many times as long as it has read
const LINES_AT_ONCE = 100; // each piece is a task of the page's
const MARKUP = /<span class="([^"]*)">|<\/span>|&(amp|lt|gt|quot|#x27);/g;
const CHARACTERS = /** @type {Record<string, string>} */ ({ amp: "&", lt: "<", gt: ">", quot: '"', "#x27": "'" });
const KINDS = /** @type {Record<string, string>} */ ({
  addition: "added", attr: "name", attribute: "name", built_in: "builtin", bullet: "literal", char: "string", code: "string",
  comment: "comment", deletion: "deleted", doctag: "keyword", emphasis: "", formula: "string", keyword: "keyword", link: "string",
  literal: "literal", meta: "meta", name: "keyword", number: "literal", operator: "", params: "", property: "name", punctuation: "",
  quote: "comment", regexp: "string", section: "title", selector: "title", "selector-attr": "name", "selector-class": "title",
  "selector-id": "title", "selector-pseudo": "name", "selector-tag": "keyword", string: "string", strong: "", subst: "plain",
  symbol: "literal", tag: "", template: "string", "template-tag": "keyword", "template-variable": "name", title: "title",
  type: "type", variable: "name",
});

const worker = /** @type {any} */ (globalThis);
const library = "../vendor/highlight/highlight.min.js";
/** @type {Promise<Highlighter>} */
const loaded = import(new URL(library, import.meta.url).href).then((module) => module.default);
/** @type {Map<number, Block>} */
const blocks = new Map();
/** @type {Set<number>} */
const changed = new Set();

worker.addEventListener("message", async (/** @type {MessageEvent} */ { data }) => {
  const block = blocks.get(data.block) ?? { language: data.language, code: "", known: [], due: 0, ended: false };
  blocks.set(data.block, block);
  block.ended ||= Boolean(data.ended);
  block.code += data.lines.map((/** @type {string} */ line) => `${line}\n`).join("");
  if (changed.has(data.block)) return;
  changed.add(data.block);
  const highlighter = await loaded;
  setTimeout(() => read(highlighter, data.block), Math.max(0, block.due - performance.now()));
});

/** @param {Highlighter} highlighter @param {number} number */
function read(highlighter, number) {
  changed.delete(number);
  const block = /** @type {Block} */ (blocks.get(number));
  if (block.ended) blocks.delete(number);
  const began = performance.now();
  const lines = highlighter.getLanguage(block.language) ? coloured(highlighter, block) : [];
  const told = lines.map((line) => JSON.stringify(line));
  let from = 0;
  while (from < told.length && told[from] === block.known[from]) from += 1;
  block.known = told;
  const now = performance.now();
  block.due = now + SHARE * (now - began);
  do {
    const next = from + LINES_AT_ONCE;
    worker.postMessage({ block: number, from, lines: lines.slice(from, next), last: block.ended && next >= lines.length });
    from = next;
  } while (from < lines.length);
}

/** @param {Highlighter} highlighter @param {Block} block */
const coloured = (highlighter, { code, language }) =>
  linesOf(highlighter.highlight(code, { language, ignoreIllegals: true }).value);

/**
 * What the lines of some code consist of, from the library's markup of it.
 * @param {string} markup
 */
function linesOf(markup) {
  /** @type {Tokens[]} */
  const lines = [[]];
  const kinds = [""];
  /** @param {string} text */
  const add = (text) => text.split("\n").forEach((piece, index) => {
    if (index) lines.push([]);
    const line = lines[lines.length - 1];
    const kind = kinds[kinds.length - 1];
    if (line.length && line[line.length - 1][0] === kind) line[line.length - 1][1] += piece.length;
    else if (piece) line.push([kind, piece.length]);
  });
  let at = 0;
  for (const found of markup.matchAll(MARKUP)) {
    add(markup.slice(at, found.index));
    at = found.index + found[0].length;
    if (found[1] !== undefined) kinds.push(kindOf(found[1]) || kinds[kinds.length - 1]);
    else if (found[2]) add(CHARACTERS[found[2]]);
    else kinds.pop();
  }
  add(markup.slice(at));
  return lines.slice(0, -1); // the code ends with a line's end
}

/** @param {string} classes such as `hljs-title function_` @returns {string} */
const kindOf = (classes) => KINDS[classes.split(" ")[0].replace(/^hljs-/, "")] ?? "";
