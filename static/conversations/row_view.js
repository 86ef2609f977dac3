// @ts-check
// One conversation in the list: its link and its menu, or the field in which its title is written.

import { html, nothing } from "../core/dom.js";
import { words } from "../core/words.js";
import { icon } from "../ui/icons.js";
import { popUp } from "../ui/popup_menu.js";
import { addressOf } from "./conversation.js";
import { focusRow } from "./rows.js";

/** @import { Conversation } from "./conversation.js" */
/** @import { Actions } from "./actions.js" */

const LONGEST_TITLE = 200;

/**
 * How the rows stand to what goes on: the id of the one that Tab leads to, of the one whose title is being written, and of the
 * one that is open. A row is drawn when its list is, so what it needs of signals is read before, by the list.
 * @typedef {{stop: string, renamed: string, open: string}} Standing
 */

/**
 * @param {Conversation} one
 * @param {Actions} actions
 * @param {Standing} standing
 */
export function rowView(one, actions, { stop, renamed, open }) {
  const title = one.title || words().conversations.untitled;
  if (renamed === one.id) return html`<li class="talk" data-id=${one.id}>${renameField(one, actions)}</li>`;
  return html`
    <li class="talk" data-id=${one.id}>
      <a href=${addressOf(one.id)} class="talk-link" title=${title} tabindex=${stop === one.id ? 0 : -1}
         aria-current=${open === one.id ? "page" : nothing}>
        <span class="talk-title" dir="auto">${title}</span>
        ${one.running ? html`<span class="talk-running" title=${words().conversations.running}><span class="unseen">${words().conversations.running}</span></span>` : nothing}
      </a>
      <button type="button" class="bare talk-menu" aria-haspopup="menu" aria-expanded="false" tabindex=${stop === one.id ? 0 : -1}
              aria-label=${words().conversations.menuOf(title)}
              @click=${(/** @type {Event} */ event) => openMenu(/** @type {HTMLElement} */ (event.currentTarget), one, actions)}>
        ${icon("more")}</button>
    </li>`;
}

/**
 * @param {HTMLElement} button
 * @param {Conversation} one
 * @param {Actions} actions
 */
export function openMenu(button, one, actions) {
  popUp(button, { label: words().conversations.menuOf(one.title), items: actions.of(one) });
}

/**
 * @param {Conversation} one
 * @param {Actions} actions
 */
function renameField(one, actions) {
  const end = (/** @type {string} */ title) => {
    actions.endRenaming(one, title);
    focusRow(one.id);
  };
  const keyed = (/** @type {KeyboardEvent} */ event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    if (event.key === "Enter") end(valueOf(event));
    if (event.key === "Escape") end("");
  };
  return html`
    <input class="talk-rename" dir="auto" maxlength=${LONGEST_TITLE} value=${one.title} aria-label=${words().conversations.newTitle}
           autocomplete="off" @keydown=${keyed} @blur=${(/** @type {Event} */ event) => actions.endRenaming(one, valueOf(event))}>`;
}

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement} */ (event.target).value;
