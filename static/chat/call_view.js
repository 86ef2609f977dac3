// @ts-check
// Calls of tools: that a model has called one and with what, and what the tool gave. Tools are run by who offers them over the
// API; the page shows what became of them.

import { html, nothing } from "../core/dom.js";
import { words } from "../core/words.js";
import { icon } from "../ui/icons.js";

/** @import { Conversation } from "./conversation.js" */
/** @import { Piece } from "./piece.js" */
/** @import { Turn } from "./turn.js" */

/**
 * @param {Conversation} conversation
 * @param {Turn} turn
 * @param {Piece} piece
 */
export function callView(conversation, turn, piece) {
  const text = words().chat;
  const ended = piece.ended.value;
  const isLast = conversation.turns.value.at(-1) === turn;
  return html`
    <section class="call" data-running=${String(!ended)}>
      <p class="call-name">${icon("tool")}${ended ? text.calls : text.calling} <code>${piece.name}</code></p>
      ${ended ? html`<pre tabindex="0" role="group" aria-label=${text.arguments}>${pretty(piece.text)}</pre>` : nothing}
      ${ended && isLast && !turn.answer.running.value ? html`<p class="soft small">${text.nobodyAnswers}</p>` : nothing}
    </section>`;
}

/**
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
export function resultsView(conversation, turn) {
  const text = words().chat;
  return html`${turn.results.map((result) => html`
    <section class="call" data-result>
      <p class="call-name">${icon("check")}${text.gave} <code>${nameOfCall(conversation, result.callId)}</code></p>
      <pre tabindex="0" role="group" aria-label=${text.result}>${pretty(result.text)}</pre>
    </section>`)}`;
}

/**
 * The tool that was called; the call's id where that is not among what is shown.
 * @param {Conversation} conversation
 * @param {string} callId
 */
function nameOfCall(conversation, callId) {
  const pieces = conversation.turns.value.flatMap(({ answer }) => answer.pieces.value);
  return pieces.find((piece) => piece.callId === callId)?.name ?? callId;
}

/** @param {string} json */
function pretty(json) {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
