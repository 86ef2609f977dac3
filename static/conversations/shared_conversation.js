// @ts-check
// What somebody shared under a link: read page by page, without who is looking.

import { ApiError, http } from "../core/http.js";
import { batch, signal } from "../core/signal.js";

const PAGE = 50;

/** @typedef {{id: string, type: string, role?: string, content?: any, [field: string]: any}} Item */

export class SharedConversation {
  /** @type {import("../core/signal.js").Signal<"reading" | "there" | "gone" | "failed">} */
  state = signal("reading");
  title = signal("");
  sharedAt = signal(0);
  /** @type {import("../core/signal.js").Signal<Item[]>} */
  items = signal([]);
  /** Whether there is more to read. */
  more = signal(false);
  /** @type {import("../core/signal.js").Signal<unknown>} */
  problem = signal(null);

  /** @param {string} token */
  constructor(token) {
    this.token = token;
  }

  /** Read the first page, or the first again. */
  async open() {
    this.state.value = "reading";
    try {
      await this.readOn();
    } catch (error) {
      const gone = error instanceof ApiError && error.status === 404;
      batch(() => { this.problem.value = error; this.state.value = gone ? "gone" : "failed"; });
    }
  }

  /** Read the page behind what is there. Throws ApiError. */
  async readOn() {
    const told = await http.get(`/v1/shared/${encodeURIComponent(this.token)}`, {
      limit: PAGE, order: "asc", after: this.items.value.at(-1)?.id });
    batch(() => {
      this.title.value = told.title;
      this.sharedAt.value = told.created_at;
      this.items.value = [...this.items.value, ...told.items.data];
      this.more.value = told.items.has_more && told.items.data.length > 0;
      this.state.value = "there";
    });
  }
}
