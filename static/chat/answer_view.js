// @ts-check
// An answer: its pieces as they grow, and under them one line that says how it stands.

import { html, part, repeat } from "../core/dom.js";
import { count, words } from "../core/words.js";
import { callView } from "./call_view.js";
import { lineView } from "./line_view.js";
import { written } from "./written.js";

/** @import { Conversation } from "./conversation.js" */
/** @import { Piece } from "./piece.js" */
/** @import { Desk } from "./desk.js" */
/** @import { Turn } from "./turn.js" */

/**
 * @param {Desk} desk
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
export function answerView(desk, conversation, turn) {
  const { answer } = turn;
  const learn = () => void conversation.learn(turn);
  return html`
    <article class="answer" data-phase=${answer.phase.value} aria-busy=${String(answer.running.value)} @pointerenter=${learn} @focusin=${learn}>
      <h2 class="unseen">${words().chat.answer}</h2>
      ${repeat(answer.pieces.value, (piece) => piece, (piece) => part(pieceView, conversation, turn, piece))}
      ${part(lineView, desk, conversation, turn)}
    </article>`;
}

/**
 * @param {Conversation} conversation
 * @param {Turn} turn
 * @param {Piece} piece
 */
function pieceView(conversation, turn, piece) {
  if (piece.kind === "reasoning") return thoughtsView(piece);
  if (piece.kind === "call") return callView(conversation, turn, piece);
  return html`<div class="answer-text" data-kind=${piece.kind} ${written(piece)}></div>`;
}

/** @param {Piece} piece */
function thoughtsView(piece) {
  const text = words().chat;
  const seconds = piece.seconds.value;
  const title = !piece.ended.value ? text.thinking
    : seconds === null ? text.thoughts : text.thoughtFor(count(Math.max(1, Math.round(seconds)), words().common.nouns.second));
  return html`<details class="thoughts"><summary>${title}</summary><div class="answer-text" ${written(piece)}></div></details>`;
}
