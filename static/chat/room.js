// @ts-check
// The room where one asks and reads: puts together what it knows and what it shows.

import { html, keyed, nothing, part, ref } from "../core/dom.js";
import { words } from "../core/words.js";
import { sidebarButton } from "../shell.js";
import { Chat } from "./chat.js";
import { composerView } from "./composer_view.js";
import { greetingView, suggestionsView } from "./greeting_view.js";
import { listenToKeys } from "./keys.js";
import { Scrolling } from "./scrolling.js";
import { transcriptView } from "./transcript_view.js";
import { icon } from "../ui/icons.js";

/** @import { App, Room } from "../app.js" */

/**
 * What the views of this room share.
 * @typedef {{chat: Chat, scrolling: Scrolling, ask: (text?: string) => void}} Desk
 */

/**
 * @param {App} app
 * @returns {Room}
 */
export function createChatRoom(app) {
  const chat = new Chat(app);
  const scrolling = new Scrolling(() => chat.current.value.older());
  /** @type {Desk} */
  const desk = { chat, scrolling, ask: (text) => ask(desk, text) };
  listenToKeys(desk);
  return { view: () => part(roomView, desk) };
}

/** @param {Desk} desk */
function roomView(desk) {
  const { chat, scrolling } = desk;
  const conversation = chat.current.value;
  const empty = conversation.state.value === "there" && !conversation.turns.value.length;
  return html`
    <header class="bar">${sidebarButton()}<h1 class="bar-title clip">${chat.title.value || words().chat.title}</h1></header>
    <div class="chat" data-empty=${String(empty)}>
      ${keyed(conversation, html`
        <div class="room transcript-room" ${ref(scrolling.attach)}>
          <div class="room-inner">${empty ? part(greetingView, desk) : part(transcriptView, desk, conversation)}</div>
        </div>`)}
      <div class="dock">
        ${part(toEndView, scrolling)}
        ${part(composerView, desk)}
        ${empty ? part(suggestionsView, desk) : nothing}
      </div>
      <div class="unseen" role="status">${part(saidView, chat)}</div>
    </div>`;
}

/** @param {Scrolling} scrolling */
function toEndView(scrolling) {
  return html`<button type="button" class="to-end" ?hidden=${scrolling.following.value} aria-label=${words().chat.toEnd} title=${words().chat.toEnd}
    @click=${() => scrolling.toEnd()}>${icon("down")}</button>`;
}

/** @param {Chat} chat */
const saidView = (chat) => chat.said.value;

/**
 * Ask what is written, or what is given.
 * @param {Desk} desk
 * @param {string} [text]
 */
function ask({ chat, scrolling }, text) {
  const conversation = chat.current.value;
  if (conversation.running.value || (text === undefined && conversation.draft.isEmpty)) return;
  conversation.ask(text === undefined ? conversation.draft.take() : { text, images: [] });
  scrolling.toEnd();
}
