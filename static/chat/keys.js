// @ts-check
// Keys that work wherever one is in the room.

import { route } from "../core/router.js";

/** @import { Desk } from "./room.js" */

/** @param {Desk} desk */
export function listenToKeys({ chat }) {
  document.addEventListener("keydown", (event) => {
    if (route.value.name !== "chat" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") chat.current.value.running.value?.stop();
    else if (event.key === "/" && !isField(event.target)) focusComposer(event);
  });
}

/** @param {Event} [event] */
export function focusComposer(event) {
  event?.preventDefault();
  /** @type {HTMLElement | null} */ (document.querySelector(".composer textarea"))?.focus();
}

/** @param {EventTarget | null} target */
const isField = (target) => target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
