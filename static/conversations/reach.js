// @ts-check
// How far down one of the server's lists has been read: all of it above is as the server has it, what lies below may be old.

import { http } from "../core/http.js";
import { conversationOf } from "./conversation.js";

/** @import { Conversation } from "./conversation.js" */

const PAGE = 50;

export class Reach {
  /** Where it ends; null where nothing is read, or nothing is there. @type {Conversation | null} */
  last = null;
  /** Whether there is something below. */
  more = true;

  /** @param {{archived: boolean, pinned?: boolean}} kind which conversations the list is of */
  constructor(kind) {
    this.kind = kind;
  }

  /** @param {Conversation} one */
  holds(one) {
    const { archived, pinned } = this.kind;
    return one.archived === archived && (pinned === undefined || one.pinned === pinned);
  }

  /**
   * The newest page, or the next one.
   * @param {{anew: boolean}} how
   * @returns {Promise<{page: Conversation[], replaces: (one: Conversation) => boolean}>} what there is, and which are
   *   no longer what the page does not have
   */
  async read({ anew }) {
    const from = anew ? null : this.last;
    const told = await http.get("/v1/conversations", { limit: PAGE, after: from?.id, ...this.kind });
    const page = /** @type {Conversation[]} */ (told.data.map(conversationOf));
    this.more = told.has_more;
    this.last = page.at(-1) ?? from;
    const above = from?.updatedAt ?? Infinity;
    const below = this.more ? page[page.length - 1].updatedAt : -Infinity;
    return { page, replaces: (one) => this.holds(one) && one.updatedAt < above && one.updatedAt > below };
  }
}
