// @ts-check
// Shows the conversation. Touches only what has changed, so that a long answer stays cheap to grow.

import { find, make } from "./elements.js";
import { phaseInWords, problemInWords } from "./words.js";

/** @import { Answer } from "./answer.js" */
/** @import { Turn } from "./chat.js" */

const NEAR_END_PX = 80; // who has scrolled up further than this is reading, and is left alone

export class TranscriptView {
  /** @param {() => void} retry */
  constructor(retry) {
    this.retry = retry;
    this.root = find("transcript", HTMLElement);
    /** @type {TurnView[]} */
    this.views = [];
  }

  /**
   * @param {Turn[]} turns
   * @param {boolean} connected
   */
  show(turns, connected) {
    const atEnd = nearEnd();
    const before = this.views.length;
    while (this.views.length > turns.length || this.views.some((view, i) => view.question !== turns[i].question)) {
      this.views.pop()?.element.remove();
    }
    for (const turn of turns.slice(this.views.length)) {
      const view = new TurnView(turn.question, this.retry);
      this.views.push(view);
      this.root.append(view.element);
    }
    this.views.forEach((view, i) => view.show(turns[i].answer, connected, i === turns.length - 1));
    if (atEnd || this.views.length > before) scrollTo({ top: document.documentElement.scrollHeight });
  }
}

class TurnView {
  /**
   * @param {string} question
   * @param {() => void} retry
   */
  constructor(question, retry) {
    this.question = question;
    this.reasoning = document.createTextNode("");
    this.thoughts = make("details", "thoughts", make("summary", "", "Thoughts"), make("p", "text", this.reasoning));
    this.text = document.createTextNode("");
    this.state = make("p", "phase");
    this.problem = make("p", "problem");
    this.again = make("button", "quiet again", "Try again");
    this.again.type = "button";
    this.again.addEventListener("click", retry);
    this.answer = make("article", "answer",
      make("h3", "unseen", "Answer"), this.thoughts, make("p", "text", this.text), this.problem, this.state, this.again);
    this.element = make("div", "turn",
      make("article", "question", make("h3", "unseen", "You"), make("p", "text", question)), this.answer);
  }

  /**
   * @param {Answer} answer
   * @param {boolean} connected
   * @param {boolean} last
   */
  show(answer, connected, last) {
    grow(this.text, answer.text);
    grow(this.reasoning, answer.reasoning);
    this.thoughts.hidden = !answer.reasoning;
    say(this.state, phaseInWords(answer, connected));
    say(this.problem, answer.problem ? problemInWords(answer.problem) : "");
    this.again.hidden = !(last && answer.phase === "failed");
    this.answer.dataset.phase = answer.phase;
    this.answer.ariaBusy = String(!answer.ended); // a screen reader reads it when it is whole
  }
}

/**
 * @param {Text} node
 * @param {string} text
 */
function grow(node, text) {
  if (text.length >= node.length && text.startsWith(node.data)) {
    if (text.length > node.length) node.appendData(text.slice(node.length));
  } else {
    node.data = text;
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} words
 */
function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
  element.hidden = !words;
}

function nearEnd() {
  const { scrollHeight } = document.documentElement;
  return scrollHeight - scrollY - innerHeight < NEAR_END_PX;
}
