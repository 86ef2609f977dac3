// Sets formulas, beside the page so that it never waits for one. KaTeX makes elements; here, where there are none, they are
// values that can be sent.

import katex from "../vendor/katex/katex.mjs";

/** @import { Piece } from "./typesetting.js" */

const OPTIONS = { trust: false, throwOnError: true, strict: false, maxSize: 20, maxExpand: 500 };

class Fragment {
  /** @type {(Fragment | string)[]} */
  children = [];

  /** @param {Fragment | string} child */
  appendChild(child) {
    this.children.push(child);
    return child;
  }

  /** @param {string} text */
  set textContent(text) {
    this.children = text ? [text] : [];
  }

  /** @returns {Piece[]} */
  pieces() {
    return this.children.flatMap((child) => (typeof child === "string" ? [child] : child.pieces()));
  }
}

class Element extends Fragment {
  /** @type {Record<string, string>} */
  style = {};
  /** @type {Record<string, string>} */
  attributes = {};

  /** @param {string} tag */
  constructor(tag) {
    super();
    this.tag = tag;
  }

  /** @param {string} names */
  set className(names) {
    this.attributes.class = names;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = String(value);
  }

  /** @returns {Piece[]} */
  pieces() {
    const { style, ...attributes } = this.attributes;
    const styles = { ...declarations(style), ...dashed(this.style) };
    return [{ tag: this.tag, attributes, styles, children: super.pieces() }];
  }
}

/** Names as a style sheet writes them. @param {Record<string, string>} style */
const dashed = (style) => Object.fromEntries(Object.entries(style).map(([name, value]) =>
  [name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), String(value)]));

/** What an attribute `style` says. @param {string} [style] @returns {Record<string, string>} */
const declarations = (style = "") => Object.fromEntries(style.split(";").filter(Boolean).map((one) =>
  [one.slice(0, one.indexOf(":")).trim(), one.slice(one.indexOf(":") + 1).trim()]));

const worker = /** @type {any} */ (globalThis);
worker.document = {
  compatMode: "CSS1Compat",
  createDocumentFragment: () => new Fragment(),
  createElement: (/** @type {string} */ tag) => new Element(tag),
  createElementNS: (/** @type {string} */ _, /** @type {string} */ tag) => new Element(tag),
  createTextNode: (/** @type {string} */ text) => text,
};

/** @param {string} source @param {boolean} displayMode */
function set(source, displayMode) {
  const root = new Fragment();
  try {
    katex.render(source, /** @type {any} */ (root), { ...OPTIONS, displayMode });
    return { pieces: root.pieces(), problem: "" };
  } catch (error) {
    return { pieces: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

worker.addEventListener("message", (/** @type {MessageEvent} */ { data }) => {
  worker.postMessage({ key: data.key, ...set(data.source, data.display) });
});
