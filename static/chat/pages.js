// @ts-check
// The turns of a conversation's active branch, as far back as one wants to see.

import { http } from "../core/http.js";

/** @import { Told } from "./turn.js" */

const MOST = 100; // that the server tells at once

/**
 * From a turn to the end; all of them where it is not on the branch. Throws ApiError.
 * @param {string} conversationId
 * @param {string} turnId
 * @returns {Promise<{told: Told[], more: boolean}>} the oldest first, and whether there are others before
 */
export async function pagesTo(conversationId, turnId) {
  /** @type {Told[]} */
  const told = [];
  let more = true;
  while (more && !told.some(({ id }) => id === turnId)) {
    const page = await http.get(`/v1/conversations/${conversationId}/turns`, { limit: MOST, after: told.at(-1)?.id });
    told.push(...page.data);
    more = page.has_more;
  }
  return { told: told.reverse(), more };
}
