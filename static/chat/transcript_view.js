// @ts-check
// The questions and answers of a conversation, one under the other.

import { html, nothing, part, repeat } from "../core/dom.js";
import { words } from "../core/words.js";
import { answerView } from "./answer_view.js";
import { resultsView } from "./call_view.js";
import { questionView } from "./question_view.js";

/** @import { Conversation } from "./conversation.js" */
/** @import { Desk } from "./desk.js" */
/** @import { Turn } from "./turn.js" */

/**
 * @param {Desk} desk
 * @param {Conversation} conversation
 */
export function transcriptView(desk, conversation) {
  const text = words().chat;
  const { value: state } = conversation.state;
  if (state === "missing") return html`<p class="notice">${words().problems.conversation_not_found}</p>`;
  if (state === "away") {
    return html`<div class="notice row"><span class="grow">${words().problems.unreachable}</span>
      <button type="button" class="quiet" @click=${() => conversation.refresh()}>${words().common.retry}</button></div>`;
  }
  return html`
    <div class="transcript" role="log" aria-live="off" aria-label=${text.transcript} aria-busy=${String(state === "reading")}>
      ${conversation.more.value ? html`<p class="soft small earlier">${words().common.loading}</p>` : nothing}
      ${repeat(conversation.turns.value, (turn) => turn.key, (turn) => part(turnView, desk, conversation, turn))}
    </div>`;
}

/**
 * @param {Desk} desk
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
function turnView(desk, conversation, turn) {
  return html`
    <div class="turn" data-turn=${turn.id.value}>
      ${part(questionView, desk, conversation, turn)}
      ${turn.results.length ? part(resultsView, conversation, turn) : nothing}
      ${part(answerView, desk, conversation, turn)}
    </div>`;
}
