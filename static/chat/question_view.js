// @ts-check
// A question as it was asked; one may change it, and so ask another in its place.

import { html, nothing, part, ref } from "../core/dom.js";
import { words } from "../core/words.js";
import { icon } from "../ui/icons.js";
import { copyButton } from "./copy_button.js";
import { sends } from "./keys.js";
import { pictureView } from "./picture_view.js";

/** @import { Conversation } from "./conversation.js" */
/** @import { Desk } from "./desk.js" */
/** @import { Turn } from "./turn.js" */

/**
 * @param {Desk} desk
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
export function questionView(desk, conversation, turn) {
  const { text, images } = turn.question;
  if (!text && !images.length) return nothing;
  return html`
    <article class="question" data-editing=${String(turn.editing.value)}>
      <h2 class="unseen">${words().chat.you}</h2>
      ${images.length ? html`<div class="pictures">${images.map(pictureView)}</div>` : nothing}
      ${turn.editing.value ? editView(desk, turn) : html`
        ${text ? html`<p class="question-text">${text}</p>` : nothing}
        ${part(actionsView, conversation, turn)}`}
    </article>`;
}

/**
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
function actionsView(conversation, turn) {
  const text = words().chat;
  return html`
    <div class="actions">
      ${turn.question.text ? copyButton(text.copyQuestion, () => turn.question.text) : nothing}
      <button type="button" class="bare edit" aria-label=${text.edit} title=${text.edit} ?disabled=${Boolean(conversation.running.value)}
              @click=${() => { turn.editing.value = true; }}>${icon("edit")}</button>
    </div>`;
}

/**
 * @param {Desk} desk
 * @param {Turn} turn
 */
function editView(desk, turn) {
  const text = words().chat;
  const ask = (/** @type {Event} */ event) => {
    event.preventDefault();
    const changed = fieldAt(event).value.trim();
    if (changed || turn.question.images.length) desk.askInstead(turn, { ...turn.question, text: changed });
  };
  const keyed = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") leave(event, turn);
    else if (sends(event)) ask(event);
  };
  return html`
    <form class="edit-form" @submit=${ask}>
      <textarea aria-label=${text.editedQuestion} .value=${turn.question.text} @keydown=${keyed} ${ref(writeOn)}></textarea>
      <div class="row end">
        <button type="button" class="quiet" @click=${(/** @type {Event} */ event) => leave(event, turn)}>${words().common.cancel}</button>
        <button type="submit" class="primary">${text.askThis}</button>
      </div>
    </form>`;
}

/**
 * As it was; the focus goes back to where it came from.
 * @param {Event} event
 * @param {Turn} turn
 */
function leave(event, turn) {
  event.stopPropagation();
  const question = /** @type {Element} */ (/** @type {Element} */ (event.target).closest(".question"));
  turn.editing.value = false;
  /** @type {HTMLElement | null} */ (question.querySelector(".edit"))?.focus();
}

/** @param {Event} event */
const fieldAt = ({ target }) => (
  /** @type {HTMLTextAreaElement} */ (/** @type {Element} */ (target).closest(".edit-form")?.querySelector("textarea")));

/** Behind what is there. @param {Element | undefined} element */
function writeOn(element) {
  const field = /** @type {HTMLTextAreaElement | undefined} */ (element);
  queueMicrotask(() => {
    field?.focus();
    field?.setSelectionRange(field.value.length, field.value.length);
  });
}
