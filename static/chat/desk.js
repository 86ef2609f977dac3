// @ts-check
// What one does in this room, by whatever button or key: ask, stop, ask otherwise, quote. The views know it as `desk`.

import { words } from "../core/words.js";
import { problemInWords } from "../ui/problem.js";
import { toast } from "../ui/toasts.js";
import { announcement } from "./announcing.js";
import { Bringing } from "./bringing.js";
import { Chat } from "./chat.js";
import { Connection } from "./connection.js";
import { Finding } from "./finding.js";
import { focusComposer } from "./keys.js";
import { quoted, Quoting } from "./quoting.js";
import { Scrolling } from "./scrolling.js";

/** @import { App } from "../app.js" */
/** @import { Question, Turn } from "./turn.js" */

export class Desk {
  /** @param {App} app */
  constructor(app) {
    this.server = app.server;
    this.chat = new Chat(app);
    this.connection = new Connection(app);
    this.scrolling = new Scrolling({ older: () => this.conversation.older(), atEnd: () => !this.chat.sought.value });
    this.finding = new Finding(this.chat, this.scrolling);
    this.quoting = new Quoting();
    this.bringing = new Bringing(this);
    this.announced = announcement(this.chat);
  }

  get conversation() {
    return this.chat.current.value;
  }

  /** Ask what is written, or what is given. @param {string} [text] */
  async ask(text) {
    const { conversation } = this;
    if (conversation.state.value === "reading") await conversation.refresh(); // what it goes on from is to be known
    if (conversation.state.value !== "there" || conversation !== this.conversation) return; // the draft stays
    if (conversation.running.value || (text === undefined && conversation.draft.isEmpty)) return;
    conversation.ask(text === undefined ? conversation.draft.take() : { text, images: [] });
    this.toEnd();
    focusComposer();
  }

  /** And stay there. */
  toEnd() {
    this.finding.leave();
    this.scrolling.toEnd();
  }

  /** @returns {boolean} whether something ran */
  stop() {
    const running = this.conversation.running.value;
    running?.stop();
    return Boolean(running);
  }

  /** The last one that says something. */
  lastAnswer() {
    return this.conversation.turns.value.filter((turn) => turn.answer.text).at(-1)?.answer;
  }

  /** Change the last question, unless something is being written or answered. @returns {boolean} whether one can */
  editLast() {
    const { draft, running, turns } = this.conversation;
    const last = turns.value.at(-1);
    if (!last?.question.text || running.value || !draft.isEmpty) return false;
    last.editing.value = true;
    return true;
  }

  /** Have an answer that was cut off continued. */
  goOn() {
    void this.ask(words().chat.goOnQuestion);
  }

  /**
   * Ask something else in a turn's place, or the same again.
   * @param {Turn} turn
   * @param {Question} [question]
   */
  askInstead(turn, question) {
    if (this.conversation.running.value) return;
    turn.editing.value = false;
    this.conversation.askInstead(turn, question);
    this.toEnd();
    focusComposer();
  }

  /**
   * Show another branch.
   * @param {Turn} turn
   * @param {string} siblingId
   */
  async choose(turn, siblingId) {
    this.finding.leave();
    try {
      await this.conversation.choose(turn, siblingId);
    } catch (error) {
      toast(problemInWords(error), { kind: "problem" });
    }
  }

  /** Put a text into what is being written, as a quote. @param {string} text */
  quote(text) {
    const { draft } = this.conversation;
    draft.write(`${draft.text.value}${draft.text.value && !draft.text.value.endsWith("\n") ? "\n\n" : ""}${quoted(text)}`);
    getSelection()?.removeAllRanges();
    focusComposer({ atEnd: true });
  }
}
