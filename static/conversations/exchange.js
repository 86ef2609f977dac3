// @ts-check
// Conversations as files: taken out as Markdown or JSON, and brought in again from that JSON.

import { http } from "../core/http.js";

/** @import { Conversation } from "./conversation.js" */
/** @typedef {"markdown" | "json"} Format */

const MOST_CHARACTERS = 80;
const KINDS = /** @type {const} */ ({
  markdown: { ending: "md", type: "text/markdown" },
  json: { ending: "json", type: "application/json" },
});
/** What no system takes in a file's name. */
const UNFIT = /[\\/:*?"<>|\p{Cc}]+/gu;

/** A file that holds no conversation. */
export class NotAConversation extends Error {}

/**
 * Have the browser save it. Throws ApiError.
 * @param {Conversation} one
 * @param {Format} format
 */
export async function takeOut(one, format) {
  const { ending, type } = KINDS[format];
  const text = await http.text(`/v1/conversations/${encodeURIComponent(one.id)}/export`, { format });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = `${nameOf(one.title)}.${ending}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** @param {string} title */
function nameOf(title) {
  const name = title.replace(UNFIT, " ").replace(/\s+/g, " ").trim().slice(0, MOST_CHARACTERS).trim();
  return name.replace(/^\.+/, "") || "conversation";
}

/**
 * Make a conversation of a file. Throws ApiError, NotAConversation.
 * @param {File} file
 * @returns {Promise<any>} the server's resource
 */
export async function bringIn(file) {
  let told;
  try {
    told = JSON.parse(await file.text());
  } catch {
    throw new NotAConversation();
  }
  if (told?.object !== "parley:conversation.export") throw new NotAConversation();
  return http.post("/v1/conversations/import", told);
}

/**
 * Have somebody choose files.
 * @returns {Promise<File[]>} none if it was called off
 */
export function chosenFiles() {
  const field = document.createElement("input");
  field.type = "file";
  field.accept = ".json,application/json";
  field.multiple = true;
  return new Promise((resolve) => {
    field.addEventListener("change", () => resolve([...(field.files ?? [])]));
    field.addEventListener("cancel", () => resolve([]));
    field.click();
  });
}
