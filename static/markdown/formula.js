// A formula in the page: its source until a worker has set it, and where it cannot be set.

import { typeset } from "./typesetting.js";

/** @import { FormulaNode } from "./nodes.js" */

export class FormulaView {
  /** @param {FormulaNode} node */
  constructor(node) {
    this.dom = document.createElement("span");
    this.dom.className = node.display ? "md-formula md-formula-display" : "md-formula";
    this.source = document.createElement("code");
    this.node = node;
    this.#show();
  }

  /** @param {FormulaNode} node */
  update(node) {
    const { display, source, closed, written } = this.node;
    if (display === node.display && source === node.source && closed === node.closed && written === node.written) return;
    this.node = node;
    this.#show();
  }

  #show() {
    const { node } = this;
    this.dom.className = node.display ? "md-formula md-formula-display" : "md-formula";
    this.source.textContent = node.written.trim();
    if (this.source.parentNode !== this.dom) this.dom.replaceChildren(this.source);
    if (!node.closed) return;
    typeset(node.source, node.display, (set, problem) => {
      if (node !== this.node) return; // it has gone on
      if (set) this.dom.replaceChildren(set);
      else this.dom.title = problem;
    });
  }
}
