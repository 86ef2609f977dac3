/** @import {Event} from "./errors.js" */
import { doorAddress } from "./addresses.js";
import { decode, isObject } from "./frames.js";

const PATIENCE_MS = 5000; // less than a connection has to be made in

/**
 * Whether the server lets this client in: a platform's own WebSocket does not tell why it could not be opened, and a
 * browser's session that has ended would be tried again for ever.
 *
 * Status and error of the refusal; null where it is none, or nobody answers.
 * @param {string} address  the socket's
 * @param {Record<string, string>} headers
 * @returns {Promise<[number, Event] | null>}
 */
export async function refusalOf(address, headers) {
  try {
    const answer = await fetch(doorAddress(address), { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status !== 401 && answer.status !== 403) {
      await answer.body?.cancel();
      return null;
    }
    const { error } = decode(await answer.text());
    return [answer.status, isObject(error) ? error : {}];
  } catch {
    return null;
  }
}
