// @ts-check
// Searching in titles and in what was said, as one types.

import { http } from "../core/http.js";
import { batch, signal } from "../core/signal.js";
import { conversationOf } from "./conversation.js";

/** @import { Conversation } from "./conversation.js" */
/** `find`: what was searched. @typedef {{conversation: Conversation, turnId: string, itemId: string, find: string, snippet: {text: string, match: boolean}[]}} Hit */

const PAUSE_MS = 180;
const MOST = 30;

export class ConversationSearch {
  query = signal("");
  /** @type {import("../core/signal.js").Signal<"idle" | "searching" | "found" | "failed">} */
  state = signal("idle");
  /** Those of the last query that was answered. @type {import("../core/signal.js").Signal<Hit[]>} */
  hits = signal([]);
  /** @type {import("../core/signal.js").Signal<unknown>} */
  problem = signal(null);
  #asking = new AbortController();

  /** @param {string} query */
  ask(query) {
    this.#asking.abort();
    this.#asking = new AbortController();
    const asked = query.trim();
    batch(() => {
      this.query.value = query;
      this.state.value = asked ? "searching" : "idle";
      if (!asked) this.hits.value = [];
    });
    if (asked) void this.#search(asked, this.#asking.signal);
  }

  /** The same once more. */
  again() {
    this.ask(this.query.value);
  }

  /**
   * @param {string} query
   * @param {AbortSignal} signal
   */
  async #search(query, signal) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (signal.aborted) return;
    try {
      const told = await http.get("/v1/conversations/search", { query, limit: MOST }, signal);
      batch(() => {
        this.hits.value = told.data.map((/** @type {any} */ hit) => hitOf(hit, query));
        this.state.value = "found";
      });
    } catch (error) {
      if (signal.aborted) return;
      batch(() => { this.problem.value = error; this.state.value = "failed"; });
    }
  }
}

/** @param {any} hit @param {string} find @returns {Hit} */
const hitOf = (hit, find) => ({
  conversation: conversationOf(hit.conversation), turnId: hit.turn_id ?? "", itemId: hit.item_id ?? "", find, snippet: hit.snippet });
