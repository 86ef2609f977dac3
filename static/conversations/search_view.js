// @ts-check
// The field to search with, and what was found.

import { html, live, nothing, repeat } from "../core/dom.js";
import { ariaShortcuts, shortcutInWords } from "../core/shortcuts.js";
import { count, words } from "../core/words.js";
import { icon } from "../ui/icons.js";
import { menuButton } from "../ui/menu.js";
import { problemInWords } from "../ui/problem.js";
import { addressIn } from "./conversation.js";
import { walk } from "./rows.js";

/** @import { Actions } from "./actions.js" */
/** @import { ConversationList } from "./list.js" */
/** @import { ConversationSearch, Hit } from "./search.js" */

const FIELD = "find-talk";
const LONGEST_QUERY = 500;

export function focusSearch() {
  const field = /** @type {HTMLInputElement | null} */ (document.getElementById(FIELD));
  field?.focus();
  field?.select();
}

/**
 * @param {ConversationSearch} search
 * @param {Actions} actions
 */
export function searchView(search, actions) {
  const text = words().conversations;
  const keyed = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape" && !event.shiftKey) {
      search.ask("");
      event.stopPropagation();
    } else if (event.key === "ArrowDown" && walk(event)) event.preventDefault();
  };
  return html`
    <div class="finder">
      <div class="finder-field" role="search">
        ${icon("search")}
        <input id=${FIELD} type="search" maxlength=${LONGEST_QUERY} autocomplete="off" spellcheck="false" dir="auto"
               placeholder=${text.searchField} aria-label=${text.search} aria-keyshortcuts=${ariaShortcuts("search")} .value=${live(search.query.value)}
               @input=${(/** @type {Event} */ event) => search.ask(/** @type {HTMLInputElement} */ (event.target).value)} @keydown=${keyed}>
        ${search.query.value
    ? html`<button type="button" class="bare" aria-label=${text.clearSearch} @click=${() => { search.ask(""); focusSearch(); }}>${icon("close")}</button>`
    : html`<kbd aria-hidden="true">${shortcutInWords("search")}</kbd>`}
      </div>
      ${menuButton({ label: text.listMenu, face: icon("more"), items: [
    { name: text.bringIn, icon: "add", run: () => void actions.bringIn() },
  ] })}
    </div>`;
}

/**
 * @param {ConversationSearch} search
 * @param {ConversationList} list
 */
export function resultsView(search, list) {
  const text = words().conversations;
  const { value: state } = search.state;
  const hits = search.hits.value.filter((hit) => !list.isLost(hit.conversation.id)).map((hit) => (
    { ...hit, conversation: list.find(hit.conversation.id) ?? hit.conversation }));
  const found = state === "found" ? (hits.length ? count(hits.length, text.nouns.conversation) : text.nothingFound) : "";
  return html`
    <div @keydown=${(/** @type {KeyboardEvent} */ event) => keyedIn(event, search)} aria-busy=${state === "searching"}>
      <p class="talks-note soft" role="status">${found}${state === "searching" && !hits.length ? text.searching : ""}</p>
      ${state === "failed" ? html`
        <p class="talks-note" role="alert">${problemInWords(search.problem.value)}
          <button type="button" class="link" @click=${() => search.again()}>${words().common.retry}</button></p>` : nothing}
      <ul aria-label=${text.results}>${state === "failed" ? nothing : repeat(hits, (hit) => hit.conversation.id, hitView)}</ul>
    </div>`;
}

/** @param {Hit} hit */
function hitView(hit) {
  const { conversation: { id, title }, snippet } = hit;
  return html`
    <li class="talk" data-id=${id}>
      <a href=${addressIn(id, hit)} class="talk-link hit">
        <span class="talk-title" dir="auto">${title || words().conversations.untitled}</span>
        <span class="hit-snippet" dir="auto">${snippet.map((part) => (part.match ? html`<mark>${part.text}</mark>` : part.text))}</span>
      </a>
    </li>`;
}

/**
 * @param {KeyboardEvent} event
 * @param {ConversationSearch} search
 */
function keyedIn(event, search) {
  const first = document.querySelector(".talk")?.contains(document.activeElement);
  if (event.key === "Escape" && !event.shiftKey) {
    search.ask("");
    focusSearch();
    event.stopPropagation();
  } else if (event.key === "ArrowUp" && first) focusSearch();
  else if (!walk(event)) return;
  event.preventDefault();
}
