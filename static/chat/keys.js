// @ts-check
// Keys that work wherever one is in the room, and what sends a message.

import { route } from "../core/router.js";
import { choices } from "../settings/choices.js";

/** @import { Desk } from "./desk.js" */

/** @param {Desk} desk */
export function listenToKeys(desk) {
  document.addEventListener("keydown", (event) => {
    if (route.value.name !== "chat" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") desk.stop();
    else if (event.key === "/" && !isField(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      focusComposer();
    }
  });
}

/** @param {{atEnd?: boolean}} [where] */
export function focusComposer({ atEnd = false } = {}) {
  const field = /** @type {HTMLTextAreaElement | null} */ (document.querySelector(".composer textarea"));
  field?.focus();
  if (!field || !atEnd) return;
  field.setSelectionRange(field.value.length, field.value.length);
  field.scrollTop = field.scrollHeight;
}

/**
 * Whether a key says that what is written is to be sent. Enter that ends a word of Japanese does not.
 * @param {KeyboardEvent} event
 */
export function sends(event) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return false;
  return choices.value.sendWithEnter ? !event.shiftKey : event.ctrlKey || event.metaKey;
}

/** @param {EventTarget | null} target */
const isField = (target) => target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
