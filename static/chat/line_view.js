// @ts-check
// The line under an answer: how it stands, what became of it, and what one can do.

import { html, nothing } from "../core/dom.js";
import { words } from "../core/words.js";
import { problemInWords } from "../ui/problem.js";
import { standingInWords } from "./standing.js";

/** @import { Conversation } from "./conversation.js" */
/** @import { Desk } from "./room.js" */
/** @import { Turn } from "./turn.js" */

/**
 * @param {Desk} desk
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
export function lineView(desk, conversation, turn) {
  const { answer } = turn;
  void desk;
  const problem = answer.problem.value;
  return html`
    <div class="line">
      ${problem ? html`<p class="problem">${problemInWords(problem)}</p>
        <button type="button" class="quiet" @click=${() => conversation.askInstead(turn)}>${words().common.retry}</button>`
      : html`<p class="standing">${standingInWords(answer) || nothing}</p>`}
    </div>`;
}
