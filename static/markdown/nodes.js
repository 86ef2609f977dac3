// What is to be seen, before it is elements of the page: plain values that reading makes and drawing compares.

/**
 * `skip` is how many children stand before these that are read no more, `open` whether it may still change its kind.
 * @typedef {object} ElementNode
 * @property {"element"} kind
 * @property {string} tag
 * @property {Record<string, string>} attributes
 * @property {Node[]} children
 * @property {number} [skip]
 *
 * @typedef {{kind: "code", language: string, lines: string[], skip: number, closed: boolean}} CodeNode
 * @typedef {{kind: "formula", source: string, display: boolean, closed: boolean, written: string}} FormulaNode
 * @typedef {{kind: "picture", address: string, alt: string}} PictureNode
 * @typedef {string | ElementNode | CodeNode | FormulaNode | PictureNode} Node
 */

/**
 * @param {string} tag @param {Node[]} [children] @param {Record<string, string>} [attributes]
 * @returns {ElementNode}
 */
export const element = (tag, children = [], attributes = {}) => ({ kind: "element", tag, attributes, children });

/** Add one more, text to the text before it. @param {Node[]} nodes @param {Node} node */
export function add(nodes, node) {
  const last = nodes.length - 1;
  if (typeof node !== "string" || typeof nodes[last] !== "string") nodes.push(node);
  else nodes[last] += node;
}
