// @ts-check
// The line under an answer: how it stands, and when it has ended what one can do with it.

import { html, nothing, part } from "../core/dom.js";
import { focusIsLost, focusOn } from "../core/focus.js";
import { number, words } from "../core/words.js";
import { icon } from "../ui/icons.js";
import { problemInWords } from "../ui/problem.js";
import { copyButton } from "./copy_button.js";
import { figuresInWords, standingInWords } from "./standing.js";

/** @import { Conversation } from "./conversation.js" */
/** @import { Desk } from "./desk.js" */
/** @import { Turn } from "./turn.js" */

/**
 * @param {Desk} desk
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
export function lineView(desk, conversation, turn) {
  const { answer } = turn;
  if (answer.running.value) return html`<div class="line">${part(branchView, desk, conversation, turn)}${part(standingView, desk, turn)}</div>`;
  const standing = standingInWords(answer);
  const isLast = conversation.turns.value.at(-1) === turn;
  return html`
    ${part(problemView, desk, conversation, turn)}
    <div class="line" data-last=${String(isLast)}>
      ${part(branchView, desk, conversation, turn)}
      ${part(actionsView, desk, conversation, turn)}
      ${standing ? html`<p class="standing">${standing}</p>` : nothing}
      ${answer.phase.value === "cut" && isLast ? html`<button type="button" class="quiet small" @click=${() => desk.goOn()}>${icon("play")}${words().chat.goOn}</button>` : nothing}
      <p class="figures">${figuresInWords(answer).join(" · ")}</p>
    </div>`;
}

/**
 * @param {Desk} desk
 * @param {Turn} turn
 */
function standingView({ connection }, { answer }) {
  const away = connection.inWords.value;
  const standing = away && !answer.stopping.value ? away : standingInWords(answer);
  return html`<p class="standing" data-away=${String(Boolean(away))}>${answer.phase.value === "writing" && !standing ? nothing : html`<span class="pulse"></span>`}${standing}</p>`;
}

/**
 * @param {Desk} desk
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
function problemView(desk, conversation, turn) {
  const problem = turn.answer.problem.value;
  if (!problem) return nothing;
  const isLast = conversation.turns.value.at(-1) === turn;
  return html`
    <div class="notice problem row">
      <p class="grow">${problemInWords(problem)}</p>
      ${isLast ? html`<button type="button" class="quiet" @click=${() => desk.askInstead(turn)}>${icon("redo")}${words().common.retry}</button>` : nothing}
    </div>`;
}

/**
 * ‹ 2/3 ›
 * @param {Desk} desk
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
function branchView(desk, conversation, turn) {
  const all = turn.siblings.value;
  if (all.length < 2) return nothing;
  const text = words().chat;
  const at = all.indexOf(turn.id.value);
  const to = (/** @type {number} */ where) => () => void (all[where] && step(desk, conversation, turn, all[where], where < at ? 0 : 1));
  return html`
    <div class="branches" role="group" aria-label=${text.branches}>
      <button type="button" class="bare" aria-label=${text.branchBefore} title=${text.branchBefore} aria-disabled=${String(at <= 0)} @click=${to(at - 1)}>${icon("back")}</button>
      <span aria-label=${text.branchOf(number(at + 1), number(all.length))} role="img">${number(at + 1)}/${number(all.length)}</span>
      <button type="button" class="bare" aria-label=${text.branchAfter} title=${text.branchAfter} aria-disabled=${String(at >= all.length - 1)} @click=${to(at + 1)}>${icon("forward")}</button>
    </div>`;
}

/**
 * To another version, with the focus on the same button of that one.
 * @param {Desk} desk
 * @param {Conversation} conversation
 * @param {Turn} turn
 * @param {string} siblingId
 * @param {0 | 1} side
 */
async function step(desk, conversation, turn, siblingId, side) {
  const place = conversation.turns.value.indexOf(turn);
  const keep = () => {
    if (focusIsLost()) focusOn(document.querySelectorAll(".turn")[place]?.querySelectorAll(".branches button")[side] ?? null);
  };
  const chosen = desk.choose(turn, siblingId);
  keep();
  await chosen;
  keep();
}

/**
 * @param {Desk} desk
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
function actionsView(desk, conversation, turn) {
  const { answer } = turn;
  const text = words().chat;
  const busy = Boolean(conversation.running.value);
  return html`
    <div class="actions">
      ${answer.text ? copyButton(text.copyAnswer, () => answer.text) : nothing}
      ${answer.text ? html`<button type="button" class="bare" aria-label=${text.quote} title=${text.quote} @click=${(/** @type {Event} */ event) => quote(event, desk, turn)}>${icon("quote")}</button>` : nothing}
      ${turn.question.text || turn.question.images.length ? html`<button type="button" class="bare" aria-label=${text.regenerate} title=${text.regenerate} ?disabled=${busy} @click=${() => desk.askInstead(turn)}>${icon("redo")}</button>` : nothing}
    </div>`;
}

/**
 * What is selected in the answer, else all of it.
 * @param {Event} event
 * @param {Desk} desk
 * @param {Turn} turn
 */
function quote(event, desk, { answer }) {
  const article = /** @type {Element} */ (/** @type {Element} */ (event.target).closest(".answer"));
  desk.quote(desk.quoting.within(article) || answer.text);
}

