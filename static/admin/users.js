// @ts-check
// Others' accounts, page by page, and what an administrator may change of them.

import { http } from "../core/http.js";
import { signal } from "../core/signal.js";
import { Paged } from "./paged.js";

const TYPING_MS = 250;

/**
 * @typedef {{id: string, email: string | null, display_name: string, role: "user" | "administrator", is_active: boolean, is_verified: boolean, is_guest: boolean, created_at: number, last_seen_at?: number | null, is_connected?: boolean | null, conversations?: number}} User
 * @typedef {{role?: "user" | "administrator", is_active?: boolean}} Change
 * @typedef {{email: string, display_name: string, role: "user" | "administrator"}} Invited
 */

export class Users {
  search = signal("");
  /** Who is being changed just now. */
  busy = signal("");
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #typing;

  constructor() {
    /** @type {Paged<User>} */
    this.paged = new Paged("/v1/admin/users", { query: () => ({ query: this.search.value.trim() }) });
  }

  /** @param {string} text */
  find(text) {
    this.search.value = text;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.paged.beginAnew(), TYPING_MS);
  }

  /** Throws ApiError. @param {Invited} invited */
  async invite(invited) {
    await http.post("/v1/admin/users", invited);
    this.paged.reading.start();
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
      const { value } = this.paged.reading;
      if (value.value) value.value = { ...value.value, data: value.value.data.map((one) => (one.id === changed.id ? changed : one)) };
    } finally {
      this.busy.value = "";
    }
  }
}

/** @param {User} user */
export const nameOf = (user) => user.display_name || user.email || user.id;
