// @ts-check
// What this installation offers to who is not signed in. What it does not tell is null.

import { http } from "../core/http.js";
import { signal } from "../core/signal.js";

/**
 * `mail`: whether letters really go out; `first`: whether nobody has an account yet.
 * @typedef {{id: string, title: string, url: string}} Provider
 * @typedef {object} Options
 * @property {boolean | null} guests
 * @property {boolean | null} registration
 * @property {boolean | null} verifiedOnly
 * @property {boolean | null} mail
 * @property {boolean | null} first
 * @property {Provider[]} providers
 */

/** @type {Options} */
const UNKNOWN = { guests: null, registration: null, verifiedOnly: null, mail: null, first: null, providers: [] };

/** @type {import("../core/signal.js").Signal<Options>} */
export const options = signal(UNKNOWN);

/** Ask the server. Where it says nothing, nothing is known, and the page offers what every installation has. */
export async function readOptions() {
  try {
    const told = await http.get("/v1/auth/options");
    options.value = {
      guests: told.guests ?? null, registration: told.registration ?? null, verifiedOnly: told.verified_only ?? null,
      mail: told.mail ?? null, first: told.first_account ?? null, providers: told.providers ?? [],
    };
  } catch {
    options.value = UNKNOWN;
  }
}
