// @ts-check
// Whether the server has said that this browser's session is over. Whoever hears of it says so here, and what is to be
// done about it is done in one place.

import { signal } from "./signal.js";

const SESSION_ENDED = "session_ended";
export const sessionIsOver = signal(false);

/** What went wrong may be that. @param {unknown} error of a request, or of the client @returns {boolean} whether it is */
export function noteSessionEnd(error) {
  const ended = /** @type {{code?: string} | null} */ (error)?.code === SESSION_ENDED;
  if (ended) sessionIsOver.value = true;
  return ended;
}
