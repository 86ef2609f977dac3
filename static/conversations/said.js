// @ts-check
// What an answer says, with its Markdown.

import { words } from "../core/words.js";
import { renderMarkdown } from "../markdown/markdown.js";

/** @import { Item } from "./shared_conversation.js" */

/** Each is drawn once, however often the page around it is. @type {WeakMap<Item, HTMLElement>} */
const drawn = new WeakMap();

/**
 * @param {Item} item
 * @param {string} text
 */
export function saidView(item, text) {
  const known = drawn.get(item);
  if (known) return known;
  const root = document.createElement("div");
  root.dir = "auto";
  drawn.set(item, root);
  void renderMarkdown(root, text, { words: words().markdown });
  return root;
}
