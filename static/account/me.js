// @ts-check
// Who is looking at the page: nobody yet, a guest, or an account.

import { ApiError, http } from "../core/http.js";
import { computed, signal } from "../core/signal.js";

/**
 * `id` is empty while that is not known, and for who may not come in.
 * @typedef {{id: string, kind: "unknown" | "none" | "guest" | "account", email: string, name: string, administrator: boolean, verified: boolean}} Me
 */

/** @type {Me} */
const NOBODY = { id: "", kind: "unknown", email: "", name: "", administrator: false, verified: false };

/** @type {import("../core/signal.js").Signal<Me>} */
export const me = signal(NOBODY);
export const signedIn = computed(() => me.value.kind === "account");

/** Ask the server. Throws ApiError where it cannot say. */
export async function readMe() {
  me.value = await ask();
}

/** @returns {Promise<Me>} */
async function ask() {
  try {
    const told = await http.get("/v1/account");
    return {
      id: told.id, kind: told.is_guest ? "guest" : "account", email: told.email ?? "",
      name: told.display_name || told.email || "", administrator: told.role === "administrator",
      verified: told.is_verified,
    };
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return { ...NOBODY, kind: "none" };
    throw error;
  }
}
