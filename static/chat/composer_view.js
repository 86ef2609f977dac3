// @ts-check
// Where one writes. Enter asks, Shift+Enter begins a line; one button asks, or stops what runs.

import { html, live } from "../core/dom.js";
import { words } from "../core/words.js";
import { choices } from "../settings/choices.js";
import { icon } from "../ui/icons.js";

/** @import { Desk } from "./room.js" */

/** @param {Desk} desk */
export function composerView(desk) {
  const text = words().chat;
  const conversation = desk.chat.current.value;
  const { draft } = conversation;
  const running = conversation.running.value;
  const does = running ? text.stop : text.send;
  return html`
    <form class="composer" @submit=${(/** @type {Event} */ event) => submitted(event, desk)}>
      <textarea rows="1" aria-label=${text.message} placeholder=${text.placeholder} .value=${live(draft.text.value)}
                @input=${(/** @type {Event} */ event) => draft.write(fieldOf(event).value)}
                @keydown=${(/** @type {KeyboardEvent} */ event) => keyed(event, desk)}></textarea>
      <div class="composer-tools">
        <span class="grow"></span>
        <button type="submit" class="send" aria-label=${does} title=${does} ?disabled=${!running && draft.isEmpty}>${icon(running ? "stop" : "send")}</button>
      </div>
    </form>`;
}

/**
 * @param {Event} event
 * @param {Desk} desk
 */
function submitted(event, desk) {
  event.preventDefault();
  const running = desk.chat.current.value.running.value;
  if (running) running.stop();
  else desk.ask();
}

/**
 * @param {KeyboardEvent} event
 * @param {Desk} desk
 */
function keyed(event, desk) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return; // Enter also ends a word in Japanese
  const sends = choices.value.sendWithEnter ? !event.shiftKey : event.ctrlKey || event.metaKey;
  if (!sends) return;
  event.preventDefault();
  if (!desk.chat.current.value.running.value) desk.ask();
}

/** @param {Event} event */
const fieldOf = (event) => /** @type {HTMLTextAreaElement} */ (event.target);
