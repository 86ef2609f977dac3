// @ts-check
// A conversation that somebody shared, as whoever has the link reads it, signed in or not.

import { html, nothing, part, repeat } from "../core/dom.js";
import { route } from "../core/router.js";
import { effect, signal, untracked } from "../core/signal.js";
import { moment, words } from "../core/words.js";
import { brand } from "../ui/brand.js";
import { problemInWords } from "../ui/problem.js";
import { itemView } from "./item_view.js";
import { Sentinel } from "./sentinel.js";
import { SharedConversation } from "./shared_conversation.js";

/** @import { App, Room } from "../app.js" */

/**
 * @param {App} app
 * @returns {Room}
 */
export function createSharedRoom(app) {
  void app;
  /** @type {import("../core/signal.js").Signal<SharedConversation | null>} */
  const shown = signal(null);
  const below = new Sentinel(async () => shown.value?.readOn());
  effect(() => {
    const { name, params } = route.value;
    if (name !== "shared") shown.value = null;
    else if (untracked(() => shown.value?.token) !== params.id) untracked(() => { shown.value = opened(params.id); });
  });
  effect(() => {
    if (shown.value) document.title = `${shown.value.title.value || words().conversations.shareTitle} – Parley`;
  });
  const pageOf = () => (shown.value ? pageView(shown.value, below) : nothing);
  return { view: () => part(pageOf) };
}

/** @param {string} token */
function opened(token) {
  const conversation = new SharedConversation(token);
  void conversation.open();
  return conversation;
}

/**
 * @param {SharedConversation} conversation
 * @param {Sentinel} below
 */
function pageView(conversation, below) {
  const text = words().conversations.shared;
  return html`
    <header class="read-bar">
      <a class="brand" href="/">${brand()}</a>
      <a class="quiet" href="/">${text.own}</a>
    </header>
    <article class="read" aria-busy=${conversation.state.value === "reading"}>${bodyView(conversation, below)}</article>`;
}

/**
 * @param {SharedConversation} conversation
 * @param {Sentinel} below
 */
function bodyView(conversation, below) {
  const text = words().conversations.shared;
  const { value: state } = conversation.state;
  if (state === "reading") return html`<p class="soft" role="status">${words().common.loading}</p>`;
  if (state === "gone") return sorryView(text.gone, text.goneMeaning, html`<a class="primary" href="/">${text.own}</a>`);
  if (state === "failed") {
    return sorryView(text.failed, problemInWords(conversation.problem.value), html`
      <button type="button" class="primary" @click=${() => void conversation.open()}>${words().common.retry}</button>`);
  }
  const items = conversation.items.value;
  return html`
    <h1 dir="auto">${conversation.title.value || words().conversations.untitled}</h1>
    <p class="soft small">${text.by(moment(conversation.sharedAt.value))}</p>
    ${items.length ? nothing : html`<p class="soft">${text.nothing}</p>`}
    <ol class="read-items">
      ${repeat(items, (item) => item.id, (item) => html`<li>${itemView(item)}</li>`)}
      ${conversation.more.value ? below.view(String(items.length)) : nothing}
    </ol>`;
}

/**
 * @param {string} title
 * @param {string} meaning
 * @param {unknown} wayOut
 */
const sorryView = (title, meaning, wayOut) => html`
  <div class="read-sorry" role="alert"><h1>${title}</h1><p class="soft">${meaning}</p>${wayOut}</div>`;
