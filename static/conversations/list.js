// @ts-check
// The conversations of who is looking: those remembered at once, then those the server has.

import { signal } from "../core/signal.js";

/** @typedef {{id: string, title: string, pinned: boolean, archived: boolean, updatedAt: number, running: boolean}} Conversation */

export class ConversationList {
  /** @type {import("../core/signal.js").Signal<Conversation[]>} */
  all = signal([]);

  /** Read the newest from the server. */
  async refresh() {}

  /**
   * Something was said in this conversation, or an answer in it has ended: read how it stands.
   * @param {string} id
   */
  async changed(id) {
    void id;
  }
}
