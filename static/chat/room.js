// @ts-check
// The room where one asks and reads: what stands where.

import { html, keyed, nothing, part, ref } from "../core/dom.js";
import { words } from "../core/words.js";
import { sidebarButton } from "../ui/sidebar.js";
import { icon } from "../ui/icons.js";
import { composerView } from "./composer_view.js";
import { Desk } from "./desk.js";
import { greetingView, suggestionsView } from "./greeting_view.js";
import { focusComposer, listenToKeys } from "./keys.js";
import { loadingView } from "./loading_view.js";
import { modelHintView } from "./model_view.js";
import { transcriptView } from "./transcript_view.js";

/** @import { App, Room } from "../app.js" */

/**
 * @param {App} app
 * @returns {Room}
 */
export function createChatRoom(app) {
  const desk = new Desk(app);
  listenToKeys(desk);
  return { view: () => part(roomView, desk) };
}

/** @param {Desk} desk */
function roomView(desk) {
  const { chat, scrolling, conversation } = desk;
  const empty = conversation.state.value === "there" && !conversation.turns.value.length;
  return html`
    <header class="bar">${sidebarButton()}<h1 class="bar-title clip">${chat.title.value || words().chat.title}</h1></header>
    <div class="chat" data-empty=${String(empty)}>
      ${keyed(conversation, html`
        <div class="room transcript-room" ${ref(scrolling.attach)}>
          <div class="room-inner">${empty ? part(greetingView, desk) : part(transcriptView, desk, conversation)}</div>
        </div>`)}
      <div class="dock">
        ${part(toEndView, desk)}
        ${empty ? nothing : part(loadingView, desk)}
        ${part(noticeView, desk)}
        ${part(composerView, desk)}
        ${empty ? part(loadingView, desk) : nothing}
        ${empty ? part(suggestionsView, desk) : nothing}
        ${part(modelHintView, desk)}
      </div>
      ${part(quoteView, desk)}
      ${part(dropView, desk)}
      <div class="unseen" role="status">${part(announcedView, desk)}</div>
    </div>`;
}

/** Who writes goes on writing; who has come to it by keyboard is not left on a button that is gone. @param {Desk} desk */
function toEndView(desk) {
  const go = (/** @type {MouseEvent} */ event) => {
    desk.toEnd();
    if (event.detail === 0) focusComposer();
  };
  return html`<button type="button" class="to-end" ?hidden=${desk.scrolling.following.value} aria-label=${words().chat.toEnd} title=${words().chat.toEnd}
    @pointerdown=${(/** @type {Event} */ event) => event.preventDefault()} @click=${go}>${icon("down")}</button>`;
}

/** Of the connection, while no answer says it. @param {Desk} desk */
function noticeView({ connection, conversation }) {
  return connection.inWords.value && !conversation.running.value ? html`<p class="dock-notice">${connection.inWords.value}</p>` : nothing;
}

/** Where something is selected. @param {Desk} desk */
function quoteView(desk) {
  const selected = desk.quoting.selected.value;
  if (!selected) return nothing;
  const place = (/** @type {Element | undefined} */ element) => {
    if (!(element instanceof HTMLElement)) return;
    element.style.left = `${Math.min(selected.left, innerWidth - element.offsetWidth - 8)}px`;
    element.style.top = `${Math.min(selected.top + 6, innerHeight - element.offsetHeight - 8)}px`;
  };
  return html`
    <button type="button" class="quote-here" ${ref(place)} @pointerdown=${(/** @type {Event} */ event) => event.preventDefault()}
            @click=${() => desk.quote(selected.text)}>${icon("quote")}${words().chat.quote}</button>`;
}

/** While files are held over the page. @param {Desk} desk */
function dropView({ bringing }) {
  return bringing.hovering.value ? html`<div class="drop-here"><p>${icon("picture")}${words().chat.dropHere}</p></div>` : nothing;
}

/** @param {Desk} desk */
const announcedView = (desk) => desk.announced.value;
