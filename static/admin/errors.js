// @ts-check
// What clients were told of late: the newest first, read as far as is not known yet, and looked through here.

import { http } from "../core/http.js";
import { computed, signal } from "../core/signal.js";
import { Reading } from "./reading.js";

const EVERY_MS = 5000;
const PAGE = 100;
/** As many as the server keeps: failures and refusals, 200 of each. */
const MOST = 400;

/**
 * @typedef {import("./connected_view.js").Person} Person
 * @typedef {"failure" | "refusal"} Kind
 * @typedef {{id: string, kind: Kind, at: number, code: string, status: number, door: "http" | "sse" | "websocket" | "graphql" | "response", message: string, param: string | null, user: Person | null, response_id: string | null}} ToldError
 */

export class Errors {
  /** Empty: all. @type {import("../core/signal.js").Signal<Kind | "">} */
  kind = signal(/** @type {Kind | ""} */ (""));
  code = signal("");

  constructor() {
    /** @type {Reading<ToldError[]>} */
    this.reading = new Reading((stopped) => this.#read(stopped), EVERY_MS);
    this.found = computed(() => this.#ofKind().filter(({ code }) => !this.code.value || code === this.code.value));
    /** Each code and how often it was told, the most frequent first. */
    this.codes = computed(() => {
      /** @type {Map<string, number>} */
      const counts = new Map();
      for (const { code } of this.#ofKind()) counts.set(code, (counts.get(code) ?? 0) + 1);
      return [...counts].sort(([one, a], [other, b]) => b - a || one.localeCompare(other));
    });
  }

  /** @param {Kind | ""} kind */
  choose(kind) {
    this.kind.value = kind;
    if (!this.codes.value.some(([code]) => code === this.code.value)) this.code.value = "";
  }

  #ofKind() {
    const { value } = this.reading.value;
    return (value ?? []).filter(({ kind }) => !this.kind.value || kind === this.kind.value);
  }

  /** @param {AbortSignal} stopped */
  async #read(stopped) {
    const known = this.reading.value.value ?? [];
    const ids = new Set(known.map(({ id }) => id));
    /** @type {ToldError[]} */
    const fresh = [];
    for (let after; fresh.length < MOST;) {
      const page = await http.get("/v1/admin/errors", { limit: PAGE, after }, stopped);
      for (const error of page.data) {
        if (ids.has(error.id)) return [...fresh, ...known].slice(0, MOST);
        fresh.push(error);
      }
      if (!page.has_more) break;
      after = page.last_id;
    }
    return fresh;
  }
}
