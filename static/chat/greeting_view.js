// @ts-check
// What an empty conversation shows: a greeting, and things to try.

import { html } from "../core/dom.js";
import { words } from "../core/words.js";

/** @import { Desk } from "./room.js" */

/** @param {Desk} desk */
export function greetingView(desk) {
  void desk;
  return html`<div class="greeting"><h2>${words().chat.greeting}</h2></div>`;
}

/** @param {Desk} desk */
export function suggestionsView(desk) {
  return html`
    <ul class="suggestions" aria-label=${words().chat.tryThis}>
      ${words().chat.suggestions.map(({ title, question }) => html`
        <li><button type="button" class="suggestion" @click=${() => desk.ask(question)}><b>${title}</b><span>${question}</span></button></li>`)}
    </ul>`;
}
