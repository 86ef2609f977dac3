// @ts-check
// Modal dialogs, one at a time, on the browser's own <dialog>: it keeps the focus within and gives it back.

import { createRef, html, mount, nothing, ref } from "../core/dom.js";
import { words } from "../core/words.js";
import { icon } from "./icons.js";

/**
 * Show something until it is closed. `body` gets the function that closes, and is drawn again when signals that it reads
 * change.
 * @param {string} title
 * @param {(close: () => void) => unknown} body
 * @param {{kind?: string}} [how]
 * @returns {Promise<void>} when it is closed
 */
export function openDialog(title, body, { kind = "" } = {}) {
  const host = document.createElement("div");
  const box = /** @type {import("../vendor/lit-html/directives/ref.js").Ref<HTMLDialogElement>} */ (createRef());
  document.body.append(host);
  const close = () => box.value?.close();
  const drawNoMore = mount(host, () => html`
    <dialog class="dialog ${kind}" aria-labelledby="dialog-title" ${ref(box)}
            @click=${(/** @type {Event} */ event) => { if (event.target === box.value) close(); }}>
      <div class="dialog-inner">
        <header><h2 id="dialog-title">${title}</h2>
          <button type="button" class="bare" aria-label=${words().common.close} @click=${close}>${icon("close")}</button></header>
        ${body(close)}
      </div>
    </dialog>`);
  return new Promise((resolve) => {
    box.value?.addEventListener("close", () => {
      drawNoMore();
      host.remove();
      resolve();
    });
    box.value?.showModal();
  });
}

/**
 * Ask before something that cannot be undone.
 * @param {{title: string, text: string, yes: string, danger?: boolean}} question
 * @returns {Promise<boolean>}
 */
export async function confirmed({ title, text, yes, danger = false }) {
  let answer = false;
  await openDialog(title, (close) => html`
    ${text ? html`<p>${text}</p>` : nothing}
    <footer class="row end">
      <button type="button" class="quiet" @click=${close}>${words().common.cancel}</button>
      <button type="button" class=${danger ? "primary danger" : "primary"} @click=${() => { answer = true; close(); }}>${yes}</button>
    </footer>`);
  return answer;
}
