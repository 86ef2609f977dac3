// @ts-check
// What is being written in a conversation and not asked yet. Its words survive a reload.

import { recall, remember } from "../core/memory.js";
import { signal } from "../core/signal.js";

const LONGEST_KEPT = 100_000; // characters: what a browser remembers is shared by all drafts

export class Draft {
  /** Pictures as data URLs. @type {import("../core/signal.js").Signal<string[]>} */
  images = signal([]);

  /** @param {import("../core/signal.js").ReadonlySignal<string>} conversationId */
  constructor(conversationId) {
    this.conversationId = conversationId;
    this.text = signal(recall(this.#name, ""));
  }

  get #name() {
    return `of.draft.${this.conversationId.value || "new"}`;
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
    this.images.value = [];
  }

  /** A question comes back, before what was written since. @param {import("./turn.js").Question} question */
  putBack({ text, images }) {
    this.write([text, this.text.value].filter(Boolean).join("\n\n"));
    this.images.value = [...images, ...this.images.value];
  }
}
