// A picture that lies elsewhere. It is loaded when somebody asks for it, and not before: its address, which a model wrote,
// would tell another server who reads what, and may hold what was said here.

/** @import { PictureNode } from "./nodes.js" */
/** @import { MarkdownWords } from "./draw.js" */

export class PictureView {
  /** @param {PictureNode} node @param {MarkdownWords} words */
  constructor(node, words) {
    this.dom = document.createElement("span");
    this.dom.className = "md-picture";
    this.node = node;
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.textContent = words.showImage(new URL(node.address).host);
    this.button.addEventListener("click", () => this.#load());
    this.dom.append(this.button);
    if (node.alt) this.dom.append(caption(node.alt));
  }

  #load() {
    const image = document.createElement("img");
    image.alt = this.node.alt;
    image.referrerPolicy = "no-referrer";
    image.addEventListener("load", () => this.dom.replaceChildren(image), { once: true });
    image.addEventListener("error", () => { this.button.disabled = false; }, { once: true });
    this.button.disabled = true;
    image.src = this.node.address;
  }
}

/** @param {string} text */
function caption(text) {
  const element = document.createElement("span");
  element.className = "md-picture-text";
  element.textContent = text;
  return element;
}
