// @ts-check
// How an answer stands, in one calm sentence; empty where the answer speaks for itself.

import { count, number, words } from "../core/words.js";

/** @import { Answer } from "./answer.js" */

/** @param {Answer} answer */
export function standingInWords(answer) {
  const text = words().chat;
  if (!answer.running.value) return endInWords(answer);
  if (answer.stopping.value) return text.stopping;
  if (answer.takeover.value === "lost") return text.workerLost;
  if (answer.takeover.value === "resumed") return text.workerResumed;
  switch (answer.phase.value) {
    case "held": return text.held;
    case "sending": return text.sending;
    case "queued": return queueInWords(answer);
    case "starting": return text.starting;
    default: return "";
  }
}

/** @param {Answer} answer */
function queueInWords(answer) {
  const text = words().chat;
  const place = answer.place.value;
  if (!place) return text.queued;
  const where = text.place(place.position);
  return place.estimated_s === null ? where : text.placeAndTime(where, count(place.estimated_s, words().common.nouns.second));
}

/** @param {Answer} answer */
function endInWords(answer) {
  const text = words().chat;
  const tokens = answer.tokens.value;
  const made = tokens === null ? "" : count(tokens, words().common.nouns.token);
  switch (answer.phase.value) {
    case "stopped": return tokens === 0 ? text.stoppedAtOnce : made ? text.stoppedAfter(made) : text.stopped;
    case "cut": return made ? text.cutAfter(made) : text.cut;
    default: return "";
  }
}

/** What it took, for who asks. @param {Answer} answer */
export function figuresInWords(answer) {
  const { nouns } = words().common;
  const tokens = answer.tokens.value;
  const pace = answer.pace;
  const took = answer.tookS.value;
  return [
    tokens === null || answer.phase.value === "stopped" || answer.phase.value === "cut" ? "" : count(tokens, nouns.token),
    pace === null ? "" : words().chat.perSecond(number(pace, { maximumSignificantDigits: 3 })),
    took === null ? "" : words().chat.took(number(took, { maximumFractionDigits: 1 })),
  ].filter(Boolean);
}
