// @ts-check
// Files that one brings along: chosen, pasted, or dropped anywhere on the page. Pictures go into the draft; of what does not,
// it is said why.

import { route } from "../core/router.js";
import { signal } from "../core/signal.js";
import { words } from "../core/words.js";
import { toast } from "../ui/toasts.js";
import { capabilitiesOf, chosenModel, nameOf } from "./models.js";
import { isPicture, isTooLarge, MOST_MEGABYTES, readPicture } from "./pictures.js";

/** @import { Draft } from "./draft.js" */
/** @import { Desk } from "./desk.js" */

export class Bringing {
  /** Whether files are held over the page just now. */
  hovering = signal(false);

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    // Anywhere: a file that is dropped beside the field would have the browser leave the page for it.
    addEventListener("dragover", (event) => this.#over(event));
    addEventListener("dragleave", (event) => { if (!event.relatedTarget) this.hovering.value = false; });
    addEventListener("drop", (event) => this.#dropped(event));
  }

  /** @param {ClipboardEvent} event */
  pasted(event) {
    const { types, files } = event.clipboardData ?? new DataTransfer();
    if (!files.length || types.includes("text/plain")) return; // words that come with a picture of them are meant as words
    event.preventDefault();
    this.bring(files);
  }

  /** @param {Iterable<File>} files */
  bring(files) {
    const { server, conversation } = this.desk;
    const can = capabilitiesOf(server);
    if (can && !can.includes("images")) refuse(words().chat.readsOnly(nameOf(chosenModel(server))));
    else void putAll(conversation.draft, [...files]);
  }

  /** @param {DragEvent} event */
  #over(event) {
    if (route.value.name !== "chat" || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.hovering.value = true;
  }

  /** @param {DragEvent} event */
  #dropped(event) {
    if (!this.hovering.value) return;
    event.preventDefault();
    this.hovering.value = false;
    this.bring(event.dataTransfer?.files ?? []);
  }
}

/**
 * One after the other, so that they stand in the order in which they came.
 * @param {Draft} draft
 * @param {File[]} files
 */
async function putAll(draft, files) {
  for (const file of files) await put(draft, file);
}

/**
 * @param {Draft} draft
 * @param {File} file
 */
async function put(draft, file) {
  const text = words().chat;
  if (!isPicture(file)) refuse(text.noPicture(file.name));
  else if (isTooLarge(file)) refuse(text.pictureTooLarge(file.name, String(MOST_MEGABYTES)));
  else {
    try {
      if (!draft.put(await readPicture(file))) refuse(text.noRoom(file.name));
    } catch {
      refuse(text.noPicture(file.name));
    }
  }
}

/** @param {string} why */
const refuse = (why) => void toast(why, { kind: "problem" });
