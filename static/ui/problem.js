// @ts-check
// What went wrong, in words that say what happened and what to do. The server's own sentence where we know no better.

import { words } from "../core/words.js";

/**
 * @param {unknown} error an ApiError, a ParleyError of the client, or anything thrown
 * @returns {string}
 */
export function problemInWords(error) {
  const { code = "", message = "" } = /** @type {{code?: string, message?: string}} */ (error ?? {});
  const better = /** @type {Record<string, string>} */ (words().problems)[code];
  return better || message || words().problems.unknown;
}
