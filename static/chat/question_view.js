// @ts-check
// A question, as it was asked.

import { html, nothing } from "../core/dom.js";
import { words } from "../core/words.js";

/** @import { Conversation } from "./conversation.js" */
/** @import { Desk } from "./room.js" */
/** @import { Turn } from "./turn.js" */

/**
 * @param {Desk} desk
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
export function questionView(desk, conversation, turn) {
  const { text, images } = turn.question;
  void desk;
  void conversation;
  return html`
    <article class="question">
      <h2 class="unseen">${words().chat.you}</h2>
      ${images.map((url) => html`<img class="picture" src=${url} alt=${words().chat.picture}>`)}
      ${text ? html`<p class="question-text">${text}</p>` : nothing}
    </article>`;
}
