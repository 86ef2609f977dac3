// @ts-check
// Who is looking at the page: nobody yet, a guest, or an account. What this browser remembers is theirs.

import { ApiError, http } from "../core/http.js";
import { forgetAll, recall, remember } from "../core/memory.js";
import { computed, signal } from "../core/signal.js";

/**
 * `id` is empty while that is not known, and for who may not come in.
 * @typedef {{id: string, kind: "unknown" | "none" | "guest" | "account", email: string, name: string, displayName: string,
 *   administrator: boolean, verified: boolean}} Me
 */

/** What begins so is somebody's own, and goes with them; drafts stay where a session ended without being asked to. */
const OWN = "of.";
const DRAFTS = "of.draft";
/** Whose it is, by id, and whether that is an account's. */
const OWNER = "owner";
/** Whether the door was closed the last time: then the page begins with signing in, not with a chat that is no use. */
const CLOSED = "closed";

/** @type {Me} */
const NOBODY = { id: "", kind: "unknown", email: "", name: "", displayName: "", administrator: false, verified: false };

/** @type {import("../core/signal.js").Signal<Me>} */
export const me = signal({ ...NOBODY, kind: recall(CLOSED, false) ? "none" : "unknown" });
export const signedIn = computed(() => me.value.kind === "account");

/** Ask the server. Throws ApiError where it cannot say. */
export async function readMe() {
  const told = await ask();
  remember(CLOSED, told.kind === "none" || undefined);
  if (own(told)) me.value = told;
}

/** Whoever it was may not go on: they have to sign in again. What they wrote is kept for them. */
export function letGo() {
  forgetAll(OWN, DRAFTS);
  me.value = { ...NOBODY, kind: "none" };
}

/** Nothing of whoever it was stays in this browser, and nothing of theirs is written any more until the page is another. */
export function forgetMe() {
  me.value = NOBODY;
  forgetAll(OWN);
  remember(OWNER, undefined);
}

/**
 * What is remembered is theirs from now on. A guest's goes with them into their account, but nothing goes from one account
 * to another: then the page begins anew.
 * @param {Me} told
 * @returns {boolean} whether the page can go on
 */
function own({ id, kind }) {
  const before = recall(OWNER, { id: "", account: false });
  const account = kind === "account";
  if (!id || (before.id === id && before.account === account)) return true;
  if (before.account && !account) {
    forgetAll(OWN, DRAFTS);
    return true;
  }
  if (before.account) forgetMe();
  remember(OWNER, { id, account });
  if (before.account) location.reload();
  return !before.account;
}

/** @returns {Promise<Me>} */
async function ask() {
  try {
    const told = await http.get("/v1/account");
    return {
      id: told.id, kind: told.is_guest ? "guest" : "account", email: told.email ?? "",
      name: told.display_name || told.email || "", displayName: told.display_name ?? "",
      administrator: told.role === "administrator", verified: told.is_verified,
    };
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return { ...NOBODY, kind: "none" };
    throw error;
  }
}
