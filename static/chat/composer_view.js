// @ts-check
// Where one writes. One button asks, or stops what runs.

import { html, live, nothing } from "../core/dom.js";
import { words } from "../core/words.js";
import { icon } from "../ui/icons.js";
import { focusComposer, sends } from "./keys.js";
import { modelView } from "./model_view.js";
import { capabilitiesOf } from "./models.js";
import { TYPES } from "./pictures.js";

/** @import { Draft } from "./draft.js" */
/** @import { Desk } from "./desk.js" */

/** @param {Desk} desk */
export function composerView(desk) {
  const text = words().chat;
  const { conversation } = desk;
  const { draft } = conversation;
  const running = Boolean(conversation.running.value);
  const does = running ? text.stop : text.send;
  const sees = capabilitiesOf(desk.server)?.includes("images") ?? false;
  return html`
    <form class="composer" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); if (running) stop(desk); else void desk.ask(); }}>
      ${draft.images.value.length ? picturesView(draft) : nothing}
      <textarea rows="1" aria-label=${text.message} placeholder=${text.placeholder} .value=${live(draft.text.value)}
                @input=${(/** @type {Event} */ event) => draft.write(/** @type {HTMLTextAreaElement} */ (event.target).value)}
                @paste=${(/** @type {ClipboardEvent} */ event) => desk.bringing.pasted(event)}
                @keydown=${(/** @type {KeyboardEvent} */ event) => keyed(event, desk)}></textarea>
      <div class="composer-tools">
        ${sees ? pictureButton(desk) : nothing}
        ${modelView(desk)}
        <span class="grow"></span>
        <button type="submit" class="send" aria-label=${does} title=${does} ?disabled=${!running && draft.isEmpty}>${icon(running ? "stop" : "send")}</button>
      </div>
    </form>`;
}

/** The button has nothing to do then, and cannot keep the focus. @param {Desk} desk */
function stop(desk) {
  desk.stop();
  if (matchMedia("(pointer: fine)").matches) focusComposer();
}

/**
 * @param {KeyboardEvent} event
 * @param {Desk} desk
 */
function keyed(event, desk) {
  if (!sends(event)) return;
  event.preventDefault();
  void desk.ask();
}

/** @param {Draft} draft */
function picturesView(draft) {
  const text = words().chat;
  return html`
    <ul class="pictures" aria-label=${text.pictures}>
      ${draft.images.value.map((url, i) => html`
        <li><img class="picture" src=${url} alt=${text.pictureAt(i + 1)}>
          <button type="button" class="bare" aria-label=${text.removePicture(i + 1)} title=${text.removePicture(i + 1)} @click=${() => draft.drop(i)}>${icon("close")}</button></li>`)}
    </ul>`;
}

/** @param {Desk} desk */
function pictureButton({ bringing }) {
  const label = words().chat.addPicture;
  const chosen = (/** @type {Event} */ event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    bringing.bring(field.files ?? []);
    field.value = "";
  };
  const open = (/** @type {Event} */ event) => {
    /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.currentTarget).nextElementSibling)?.click();
  };
  return html`
    <button type="button" class="bare" aria-label=${label} title=${label} @click=${open}>${icon("picture")}</button>
    <input type="file" hidden multiple accept=${TYPES.join()} @change=${chosen}>`;
}
