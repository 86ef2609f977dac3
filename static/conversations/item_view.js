// @ts-check
// One item of a shared conversation, as it is read: a question, an answer, thoughts, a call of a tool and what it gave.

import { html, nothing } from "../core/dom.js";
import { words } from "../core/words.js";
import { saidView } from "./said.js";

/** @import { Item } from "./shared_conversation.js" */

/** @param {Item} item */
export function itemView(item) {
  const text = words().conversations.shared;
  if (item.type === "message" && item.role === "user") {
    return html`<article class="read-question" aria-label=${text.you}>${partsOf(item).map(questionPart)}</article>`;
  }
  if (item.type === "message") {
    return html`<article class="read-answer" aria-label=${text.assistant}>${saidView(item, textOf(item))}</article>`;
  }
  if (item.type === "reasoning") return foldView(text.thoughts, [...(item.summary ?? []), ...(item.content ?? [])].map((part) => part.text ?? "").join("\n\n"));
  if (item.type === "function_call") return foldView(text.called(item.name), item.arguments, true);
  if (item.type === "function_call_output") return foldView(text.gave, typeof item.output === "string" ? item.output : textOf({ ...item, content: item.output }), true);
  return nothing;
}

/** @param {Item} item @returns {any[]} */
const partsOf = (item) => (typeof item.content === "string" ? [{ type: "input_text", text: item.content }] : item.content ?? []);

/** @param {Item} item */
const textOf = (item) => partsOf(item).map((part) => part.text ?? part.refusal ?? "").join("");

/** @param {any} part */
function questionPart(part) {
  const text = words().conversations.shared;
  if (typeof part.text === "string") return html`<p dir="auto">${part.text}</p>`;
  if (part.type === "input_image" && String(part.image_url).startsWith("data:image/")) return html`<img src=${part.image_url} alt="">`;
  return html`<p class="soft">${part.type === "input_image" ? text.picture : text.file}</p>`;
}

/**
 * @param {string} name
 * @param {string} text
 * @param {boolean} [exact] as a machine wrote it
 */
function foldView(name, text, exact = false) {
  if (!text) return nothing;
  return html`
    <details class="read-fold"><summary>${name}</summary>
      ${exact ? html`<pre tabindex="0"><code>${text}</code></pre>` : html`<p dir="auto">${text}</p>`}</details>`;
}
