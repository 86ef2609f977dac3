// @ts-check
// A button that copies a text, and says for a moment that it has.

import { copy } from "../core/clipboard.js";
import { html } from "../core/dom.js";
import { words } from "../core/words.js";
import { icon } from "../ui/icons.js";
import { toast } from "../ui/toasts.js";

const SHOWN_MS = 1500;

/**
 * @param {string} label
 * @param {() => string} text asked for when it is to be copied
 */
export const copyButton = (label, text) => html`
  <button type="button" class="bare copy" aria-label=${label} title=${label} @click=${(/** @type {Event} */ event) => void copyNow(event, text())}>
    ${icon("copy")}${icon("check")}
  </button>`;

/**
 * @param {Event} event
 * @param {string} text
 */
async function copyNow({ currentTarget }, text) {
  const button = /** @type {HTMLElement} */ (currentTarget);
  if (!(await copy(text))) {
    toast(words().chat.notCopied, { kind: "problem" });
    return;
  }
  const label = button.title;
  button.dataset.done = "";
  button.ariaLabel = button.title = words().common.copied;
  setTimeout(() => {
    delete button.dataset.done;
    button.ariaLabel = button.title = label;
  }, SHOWN_MS);
}
