// @ts-check
// What is being written in a conversation and not asked yet. It survives a reload: its words in this browser, its
// pictures in this tab.

import { recall, remember } from "../core/memory.js";
import { signal } from "../core/signal.js";

const LONGEST_KEPT = 100_000; // characters: what a browser remembers is shared by all drafts
const PICTURES = 900_000; // characters of all pictures: a message holds a megabyte
const tab = () => sessionStorage;

export class Draft {
  /** Pictures as data URLs. @type {import("../core/signal.js").Signal<string[]>} */
  images = signal([]);

  /** @param {import("../core/signal.js").ReadonlySignal<string>} conversationId */
  constructor(conversationId) {
    this.conversationId = conversationId;
    this.text = signal(recall(this.#name, ""));
    this.#show(recall(this.#picturesName, [], tab));
  }

  get #name() {
    return `of.draft.${this.conversationId.value || "new"}`;
  }

  get #picturesName() {
    return `of.pictures.${this.conversationId.value || "new"}`;
  }

  get isEmpty() {
    return !this.text.value.trim() && !this.images.value.length;
  }

  /** @param {string} text */
  write(text) {
    this.text.value = text;
    remember(this.#name, text && text.length <= LONGEST_KEPT ? text : undefined);
  }

  /** What was written, to be asked; nothing is left here. */
  take() {
    const question = { text: this.text.value.trim(), images: this.images.value };
    this.clear();
    return question;
  }

  clear() {
    this.write("");
    this.#show([]);
  }

  /** Add a picture; false where there is no room for it beside the others. @param {string} url */
  put(url) {
    const images = [...this.images.value, url];
    const fits = images.reduce((sum, { length }) => sum + length, 0) <= PICTURES;
    if (fits) this.#show(images);
    return fits;
  }

  /** Take a picture away. @param {number} at */
  drop(at) {
    this.#show(this.images.value.filter((_, i) => i !== at));
  }

  /** A question comes back, before what was written since. @param {import("./turn.js").Question} question */
  putBack({ text, images }) {
    this.write([text, this.text.value].filter(Boolean).join("\n\n"));
    this.#show([...images, ...this.images.value]);
  }

  /** @param {string[]} images */
  #show(images) {
    this.images.value = images;
    remember(this.#picturesName, images.length ? images : undefined, tab);
  }
}
