// @ts-check
// Others' accounts, page by page, and what an administrator may change of them.

import { http } from "../core/http.js";
import { batch, signal } from "../core/signal.js";
import { Reading } from "./reading.js";

const PAGE = 20;
const TYPING_MS = 250;

/**
 * @typedef {{id: string, email: string | null, display_name: string, role: "user" | "administrator", is_active: boolean, is_verified: boolean, is_guest: boolean, created_at: number}} User
 * @typedef {{role?: "user" | "administrator", is_active?: boolean}} Change
 * @typedef {{data: User[], has_more: boolean, last_id: string | null}} Page
 */

export class Users {
  search = signal("");
  /** The last ids of the pages before this one, the first page's first. @type {import("../core/signal.js").Signal<string[]>} */
  before = signal([]);
  /** Who is being changed just now. */
  busy = signal("");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;

  constructor() {
    /** @type {Reading<Page>} */
    this.page = new Reading((stopped) => http.get("/v1/admin/users", {
      limit: PAGE, after: this.before.value.at(-1), query: this.search.value.trim(),
    }, stopped));
  }

  /** @param {string} text */
  find(text) {
    batch(() => {
      this.search.value = text;
      this.before.value = [];
    });
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.page.start(), TYPING_MS);
  }

  next() {
    const last = this.page.value.value?.last_id;
    if (last) this.#turn([...this.before.value, last]);
  }

  previous() {
    this.#turn(this.before.value.slice(0, -1));
  }

  /** @param {string[]} before */
  #turn(before) {
    this.before.value = before;
    this.page.start();
  }

  /**
   * Throws ApiError.
   * @param {User} user
   * @param {Change} change
   */
  async change(user, change) {
    this.busy.value = user.id;
    try {
      const changed = await http.patch(`/v1/admin/users/${user.id}`, change);
      const page = this.page.value.value;
      if (page) this.page.value.value = { ...page, data: page.data.map((one) => (one.id === changed.id ? changed : one)) };
    } finally {
      this.busy.value = "";
    }
  }
}

/** @param {User} user */
export const nameOf = (user) => user.display_name || user.email || user.id;
