// Makes elements of what was read, and brings them up to date with what is read later: what is the same stays as it is.

import { CodeBlock } from "./code_block.js";
import { FormulaView } from "./formula.js";
import { PictureView } from "./picture.js";

const CHARACTERS_IN_LINE = 75;

/**
 * @import { Groups } from "./groups.js"
 * @import { CodeNode, ElementNode, FormulaNode, Node, PictureNode } from "./nodes.js"
 *
 * @typedef {object} MarkdownWords
 * @property {string} copy
 * @property {string} copied
 * @property {(host: string) => string} showImage
 * @property {string} code what a block of code is, to who cannot see it
 *
 * A node of what was read as it stands in the page.
 * @typedef {{dom: Text, node: string}} DrawnText
 * @typedef {{dom: HTMLElement, node: ElementNode, children: Drawn[]}} DrawnElement
 * @typedef {{dom: HTMLElement, node: CodeNode, view: CodeBlock}} DrawnCode
 * @typedef {{dom: HTMLElement, node: FormulaNode, view: FormulaView}} DrawnFormula
 * @typedef {{dom: HTMLElement, node: PictureNode, view: PictureView}} DrawnPicture
 * @typedef {DrawnText | DrawnElement | DrawnCode | DrawnFormula | DrawnPicture} Drawn
 */

/**
 * Bring the last children of an element up to date, which `drawn` are; returns what they are now.
 * @param {Element} parent @param {Drawn[]} drawn @param {Node[]} nodes @param {MarkdownWords} words
 */
export function draw(parent, drawn, nodes, words) {
  for (const gone of drawn.slice(nodes.length)) gone.dom.remove();
  return nodes.map((node, index) => {
    const old = drawn[index];
    if (old && update(old, node, words)) return old;
    const made = make(node, words);
    if (old) old.dom.replaceWith(made.dom);
    else parent.append(made.dom);
    return made;
  });
}

/** @param {Node} node @param {MarkdownWords} words @returns {Drawn} */
function make(node, words) {
  if (typeof node === "string") return { dom: document.createTextNode(node), node };
  if (node.kind === "element") return makeElement(node, words);
  if (node.kind === "code") {
    const view = new CodeBlock(node, words);
    return { dom: view.dom, node, view };
  }
  if (node.kind === "formula") {
    const view = new FormulaView(node);
    return { dom: view.dom, node, view };
  }
  const view = new PictureView(node, words);
  return { dom: view.dom, node, view };
}

/** @param {ElementNode} node @param {MarkdownWords} words @returns {DrawnElement} */
function makeElement(node, words) {
  const dom = document.createElement(node.tag);
  for (const [name, value] of Object.entries(node.attributes)) dom.setAttribute(name, value);
  return { dom, node, children: draw(dom, [], node.children, words) };
}

/** Whether what is drawn could be made to show this. @param {Drawn} old @param {Node} node @param {MarkdownWords} words */
function update(old, node, words) {
  const was = old.node;
  if (typeof node === "string" || typeof was === "string") {
    if (typeof node !== typeof was) return false;
    return updateText(/** @type {DrawnText} */ (old), /** @type {string} */ (node));
  }
  if (node.kind === "element") return was.kind === "element" && updateElement(/** @type {DrawnElement} */ (old), node, words);
  if (node.kind !== was.kind) return false;
  if (node.kind === "picture") return same(/** @type {DrawnPicture} */ (old).node, node);
  const drawn = /** @type {DrawnCode | DrawnFormula} */ (old);
  drawn.node = node;
  if (node.kind === "code") /** @type {DrawnCode} */ (old).view.update(node);
  else /** @type {DrawnFormula} */ (old).view.update(node);
  return true;
}

/** @param {DrawnText} old @param {string} text */
function updateText(old, text) {
  if (text === old.node) return true;
  if (text.startsWith(old.node)) old.dom.appendData(text.slice(old.node.length));
  else old.dom.data = text;
  old.node = text;
  return true;
}

/** @param {DrawnElement} old @param {ElementNode} node @param {MarkdownWords} words */
function updateElement(old, node, words) {
  if (old.node.tag !== node.tag) return false;
  const [were, are] = [old.node.attributes, node.attributes];
  for (const name of Object.keys(were)) if (!(name in are)) old.dom.removeAttribute(name);
  for (const [name, value] of Object.entries(are)) if (were[name] !== value) old.dom.setAttribute(name, value);
  const passed = (node.skip ?? 0) - (old.node.skip ?? 0); // so many stay as they are, and are not looked at any more
  old.children.slice(0, passed).forEach(finish);
  old.children = draw(old.dom, old.children.slice(passed), node.children, words);
  old.node = node;
  return true;
}

/** @param {PictureNode} one @param {PictureNode} other */
const same = (one, other) => one.address === other.address && one.alt === other.alt;

/** What is drawn changes no more. @param {Drawn} drawn */
function finish(drawn) {
  if (typeof drawn.node === "string") return;
  if (drawn.node.kind === "code") /** @type {DrawnCode} */ (drawn).view.finish();
  if (drawn.node.kind === "element") /** @type {DrawnElement} */ (drawn).children.forEach(finish);
}

/**
 * This block changes no more.
 * @param {Drawn} drawn @param {Groups} groups in which it stands
 */
export function settle(drawn, groups) {
  finish(drawn);
  if (!(drawn.dom instanceof HTMLElement)) return;
  const { dom } = drawn;
  const lines = Math.max((dom.textContent ?? "").length / CHARACTERS_IN_LINE, dom.querySelectorAll("li, tr, .md-lines > span").length);
  groups.settled(dom, lines);
}
