// @ts-check
// What an empty conversation shows: a greeting, and things to try.

import { html, nothing } from "../core/dom.js";
import { words } from "../core/words.js";

/** @import { Desk } from "./desk.js" */

/** @param {Desk} desk */
export function greetingView(desk) {
  void desk;
  return html`<div class="greeting"><h2>${words().chat.greeting}</h2></div>`;
}

/** @param {Desk} desk */
export function suggestionsView(desk) {
  if (desk.server.status.value?.ready === false) return nothing; // then it says what goes on
  return html`
    <ul class="suggestions" aria-label=${words().chat.tryThis}>
      ${words().chat.suggestions.map(({ title, question }) => html`
        <li><button type="button" class="suggestion" @click=${() => void desk.ask(question)}><b>${title}</b><span>${question}</span></button></li>`)}
    </ul>`;
}
