// @ts-check
// What the page says in words: of problems, of phases, of workers.

/** @import { Answer, Problem } from "./answer.js" */

/** Where the server's own sentence speaks to a program, or a person can do something about it. @type {Record<string, string>} */
const SAID_BETTER = {
  context_length_exceeded: "This conversation has become longer than the model can read. Begin a new chat.",
  input_too_large: "This is more text than the server takes. Shorten it, or begin a new chat.",
  frame_too_large: "This is more text than the server takes. Shorten it, or begin a new chat.",
  model_not_found: "No worker runs a model just now. Try again when one is ready.",
  queue_full: "Too many people are asking just now. Try again in a moment.",
  queue_timeout: "It took too long until a worker was free. Try again in a moment.",
  too_many_responses: "Too many of your answers are under way. Try again when one has ended.",
  relay_unavailable: "The server cannot take questions for a moment. Try again soon.",
  worker_lost: "The worker that wrote this answer was lost. Try again.",
  response_not_found: "The server no longer has this answer. Ask again.",
};

/** @param {Problem} problem */
export function problemInWords({ code, message }) {
  return SAID_BETTER[code] ?? (message || "Something went wrong, and the server did not say what.");
}

/**
 * The line under an answer; empty where the answer speaks for itself.
 * @param {Answer} answer
 * @param {boolean} connected
 */
export function phaseInWords(answer, connected) {
  if (answer.ended) return endInWords(answer);
  if (!connected && answer.phase === "sending") return "Not connected: the question is sent as soon as the server is back.";
  if (!connected) return "The connection is lost; the answer goes on when it is back.";
  if (answer.stopping) return "Stopping …";
  switch (answer.phase) {
    case "sending": return "Sending …";
    case "waiting": return "Waiting for a worker …";
    case "working": return "Thinking …";
    default: return "";
  }
}

/** @param {Answer} answer */
function endInWords(answer) {
  const made = answer.tokens === null ? "" : count(answer.tokens, "token");
  switch (answer.phase) {
    case "stopped": return made ? `Stopped after ${made}.` : "Stopped.";
    case "cut": return made ? `Cut off: the limit of ${made} was reached.` : "Cut off at the limit on its length.";
    case "done": return made;
    default: return "";
  }
}

/**
 * @param {number} number
 * @param {string} noun
 */
export function count(number, noun) {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}
