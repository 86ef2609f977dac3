// @ts-check
// Short messages at the edge of the page, with something to do about them: "Deleted. Undo".

import { html, nothing, repeat } from "../core/dom.js";
import { keepFocus } from "../core/focus.js";
import { signal } from "../core/signal.js";
import { words } from "../core/words.js";
import { icon } from "./icons.js";

const SHOWN_MS = 8000;
/** None goes from under a hand: they stay while one of them is pointed at, or has the focus. */
const HELD = ".toasts:hover, .toasts:focus-within";
const AGAIN_MS = 2000;

/** @typedef {{id: number, text: string, kind: "news" | "problem", action?: {name: string, run: () => void}, over: () => void | Promise<void>}} Toast */

/** @type {import("../core/signal.js").Signal<Toast[]>} */
const toasts = signal([]);
let last = 0;

/**
 * Say something for some seconds. `over` is called once when it is gone and its action was not taken.
 * @param {string} text
 * @param {{kind?: "news" | "problem", action?: {name: string, run: () => void}, over?: () => void | Promise<void>}} [how]
 * @returns {() => void} takes its action, as its button does
 */
export function toast(text, { kind = "news", action, over = () => {} } = {}) {
  const id = ++last;
  const own = { id, text, kind, over, ...(action && { action: { ...action, run: () => close(id, action.run) } }) };
  toasts.value = [...toasts.value, own];
  const end = () => {
    if (document.querySelector(HELD)) setTimeout(end, AGAIN_MS);
    else close(id, over);
  };
  setTimeout(end, SHOWN_MS);
  return () => own.action?.run();
}

/**
 * End all of them as if their time were over: before one signs out or leaves the page.
 * @returns {Promise<void>} when what that sets off is done
 */
export async function settleToasts() {
  const left = toasts.value;
  toasts.value = [];
  await Promise.allSettled(left.map((one) => one.over()));
}

addEventListener("pagehide", () => void settleToasts());

/**
 * @param {number} id
 * @param {() => void} then
 */
function close(id, then) {
  if (!toasts.value.some((one) => one.id === id)) return;
  const held = document.querySelector(".toasts")?.contains(document.activeElement);
  toasts.value = toasts.value.filter((one) => one.id !== id);
  then();
  if (held) keepFocus();
}

export const toastsView = () => html`
  <div class="toasts" role="status">
    ${repeat(toasts.value, (one) => one.id, (one) => html`
      <div class="toast" data-kind=${one.kind}>
        <span>${one.text}</span>
        ${one.action ? html`<button type="button" class="link" @click=${one.action.run}>${one.action.name}</button>` : nothing}
        <button type="button" class="bare" aria-label=${words().common.close} @click=${() => close(one.id, one.over)}>${icon("close")}</button>
      </div>`)}
  </div>`;
