// @ts-check
// Leads to the message that the address names: has its turn shown, brings it into view, and marks it for a moment. The words
// that it was found by stay marked until one goes on.

import { go } from "../core/router.js";
import { effect, untracked } from "../core/signal.js";
import { words } from "../core/words.js";
import { problemInWords } from "../ui/problem.js";
import { toast } from "../ui/toasts.js";
import { bestOf, markAll, placesOf } from "./marking.js";

/** @import { Chat, Sought } from "./chat.js" */
/** @import { Scrolling } from "./scrolling.js" */
/** @import { Turn } from "./turn.js" */

const MARKED_MS = 2600;

export class Finding {
  /** What could not be read: it is tried again once the conversation is there. @type {Sought | null} */
  #owed = null;
  #leaveMarks = () => {};

  /** @param {Chat} chat @param {Scrolling} scrolling */
  constructor(chat, scrolling) {
    this.chat = chat;
    this.scrolling = scrolling;
    effect(() => {
      const sought = chat.sought.value;
      this.#leaveMarks();
      if (sought) untracked(() => void this.#seek(sought));
    });
    effect(() => {
      const isThere = chat.current.value.state.value === "there";
      if (isThere && this.#owed && this.#owed === chat.sought.peek()) untracked(() => void this.#seek(/** @type {Sought} */ (this.#owed)));
    });
  }

  /** One goes on from where one was led: a reload leads there no more. */
  leave() {
    const { value: sought } = this.chat.sought;
    if (sought) go(`/c/${sought.conversation.id.value}`, { replace: true });
  }

  /** @param {Sought} sought */
  async #seek(sought) {
    this.#owed = null;
    const { conversation, turnId, itemId } = sought;
    let there = false;
    try {
      there = await conversation.reach(turnId, itemId);
    } catch (error) {
      if (conversation.state.value === "there") toast(problemInWords(error), { kind: "problem" });
      else this.#owed = sought;
      return;
    }
    if (this.chat.sought.value !== sought) return; // one has gone elsewhere meanwhile
    const turn = conversation.turns.value.find(({ id }) => id.value === turnId);
    const role = turn?.roles.get(itemId);
    if (!there || (itemId && turn && role === undefined)) toast(words().chat.gone);
    if (turn) this.#show(elementOf(turn, role), sought.find);
    else this.scrolling.toEnd();
  }

  /** @param {HTMLElement} element @param {string} find */
  #show(element, find) {
    /** @type {Element | Range} */
    let place = element;
    const mark = () => {
      const places = find ? placesOf(element, find) : [];
      markAll(places);
      place = bestOf(places) ?? element;
    };
    mark();
    const observer = new MutationObserver(mark); // a long one is drawn piece by piece
    observer.observe(element, { childList: true, subtree: true });
    this.#leaveMarks = marked(element, () => {
      observer.disconnect();
      markAll([]);
    });
    this.scrolling.lead(() => place);
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  }
}

/** @param {Turn} turn @param {string | undefined} role @returns {HTMLElement} */
function elementOf({ id }, role) {
  const whole = /** @type {HTMLElement} */ (document.querySelector(`.turn[data-turn="${CSS.escape(id.value)}"]`));
  const part = role === "user" ? ".question" : role === "assistant" ? ".answer" : null;
  return (part && whole.querySelector(/** @type {".question"} */ (part))) || whole;
}

/**
 * @param {HTMLElement} element
 * @param {() => void} end
 * @returns {() => void} marks it no more
 */
function marked(element, end) {
  const unmark = () => delete element.dataset.sought;
  element.dataset.sought = "";
  const timer = setTimeout(unmark, MARKED_MS);
  return () => {
    clearTimeout(timer);
    unmark();
    end();
  };
}
