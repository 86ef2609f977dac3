// @ts-check
// Puts the page together: the conversation, what the server says of itself, and the views on both.

import { Chat } from "./chat.js";
import { ComposerView } from "./composer_view.js";
import { find } from "./elements.js";
import { watchStatus } from "./status.js";
import { StatusView } from "./status_view.js";
import { TranscriptView } from "./transcript_view.js";
import { phaseInWords, problemInWords } from "./words.js";

/** @import { Status } from "./status.js" */
/** @import { ConnectionState } from "./connection.js" */

const page = {
  /** @type {Status | null | undefined} */
  status: undefined,
  wasReady: false, // then a question is not kept back: the server queues it, or says why not
  /** @type {ConnectionState} */
  connection: "connecting",
  problem: "",
  announced: "",
  frame: 0,
};

const chat = new Chat({
  changed: refresh,
  connection: (state, problem) => Object.assign(page, { connection: state, problem }),
});
const transcript = new TranscriptView(() => chat.retry());
const composer = new ComposerView((text) => chat.ask(text), () => chat.stop());
const status = new StatusView();
const newChat = find("new-chat", HTMLButtonElement);
const welcome = find("welcome", HTMLElement);
const announcer = find("announcer", HTMLElement);

/** Show everything anew with the next picture, however many events come before it. */
function refresh() {
  page.frame ||= requestAnimationFrame(show);
}

function show() {
  page.frame = 0;
  const { turns, running } = chat;
  const connected = page.connection === "open";
  document.body.dataset.empty = String(!turns.length);
  welcome.hidden = turns.length > 0 || !page.wasReady;
  newChat.disabled = !turns.length;
  transcript.show(turns, connected);
  composer.show(page.wasReady && page.connection !== "refused", Boolean(running));
  status.show(page.status, page.connection, page.problem);
  announce();
}

/** For those who do not see the page: how the last answer ended. */
function announce() {
  const last = chat.turns.at(-1);
  if (!last?.answer.ended || page.announced === last.key) return;
  page.announced = last.key;
  const { answer } = last;
  announcer.textContent = answer.problem
    ? problemInWords(answer.problem) : `The answer is complete. ${phaseInWords(answer, true)}`;
}

newChat.addEventListener("click", () => {
  chat.clear();
  composer.put("");
});
find("suggestions", HTMLElement).addEventListener("click", (event) => {
  if (!(event.target instanceof HTMLButtonElement)) return;
  composer.put(event.target.textContent ?? "");
  composer.form.requestSubmit();
});
chat.start();
refresh();
void watchStatus((told) => {
  page.status = told;
  page.wasReady ||= Boolean(told?.ready);
  refresh();
});
