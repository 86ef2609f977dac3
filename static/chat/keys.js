// @ts-check
// Keys that work wherever one is in the room, and what sends a message.

import { copy } from "../core/clipboard.js";
import { go, route } from "../core/router.js";
import { onShortcut } from "../core/shortcuts.js";
import { words } from "../core/words.js";
import { choices } from "../settings/choices.js";
import { toast } from "../ui/toasts.js";

/** @import { Desk } from "./desk.js" */

/** @param {Desk} desk */
export function listenToKeys(desk) {
  onShortcut("newChat", () => {
    go("/");
    focusComposer();
  });
  const here = (/** @type {Parameters<typeof onShortcut>[1]} */ act) => (/** @type {KeyboardEvent | undefined} */ event) => (
    route.value.name === "chat" && act(event));
  onShortcut("composer", here(() => focusComposer()));
  onShortcut("stop", here(() => desk.stop()));
  onShortcut("editLast", here((event) => event?.target === composer() && desk.editLast()));
  onShortcut("copyAnswer", here(() => copied(desk.lastAnswer()?.text, words().chat.answerCopied)));
  onShortcut("copyCode", here(() => copied(lastCode(), words().chat.codeCopied)));
}

/**
 * @param {string | undefined} text
 * @param {string} done
 * @returns {boolean} whether there was something to copy
 */
function copied(text, done) {
  if (!text) return false;
  void copy(text).then((took) => (took ? toast(done) : toast(words().chat.notCopied, { kind: "problem" })));
  return true;
}

/** As it stands in the transcript. */
const lastCode = () => [...document.querySelectorAll(".answer .md-code code")].at(-1)?.textContent?.replace(/\n$/, "");

const composer = () => /** @type {HTMLTextAreaElement | null} */ (document.querySelector(".composer textarea"));

/** @param {{atEnd?: boolean}} [where] */
export function focusComposer({ atEnd = false } = {}) {
  const field = composer();
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
