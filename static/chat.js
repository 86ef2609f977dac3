// @ts-check
// The conversation: questions, their answers, and what has to be said to the server about them. Knows no page.

import { Answer } from "./answer.js";
import { Connection } from "./connection.js";

/** @import { ServerEvent, ConnectionState } from "./connection.js" */
/** @import { Problem } from "./answer.js" */

/**
 * One question and its answer. `whole` asks for the conversation to be sent along instead of being named; `sent` counts
 * how often the question has gone out.
 * @typedef {{question: string, answer: Answer, key: string, whole: boolean, sent: number}} Turn
 *
 * @typedef {object} Observer
 * @property {() => void} changed  the turns have changed
 * @property {(state: ConnectionState, problem: string) => void} connection
 */

const KEPT_AS = "parley.conversation";
const RESUME_AGAIN_MS = 2000;
const MOST_SENDINGS = 5;
const TOO_BIG = 1009; // the close code of a server that reads no frame of that size
/** The socket closes after these, and the next one resumes: nobody needs to hear of them. */
const PASSING = ["websocket_connection_limit_reached", "viewer_behind", "too_many_sockets", "service_restart"];
/** The server cannot say now how the answer goes on; it may a moment later. */
const NOT_NOW = ["relay_unavailable", "history_unavailable", "too_many_queued_turns", "internal_error"];

export class Chat {
  /** @param {Observer} observer */
  constructor(observer) {
    this.observer = observer;
    /** @type {Turn[]} */
    this.turns = restore();
    this.kept = "";
    this.connection = new Connection({
      resumption: () => this.resumption(),
      receive: (event) => this.receive(event),
      closed: (code) => this.closed(code),
      changed: (state, problem) => this.connectionChanged(state, problem),
    });
  }

  start() {
    this.connection.open();
  }

  /** The turn whose answer is not there yet. */
  get running() {
    const last = this.turns.at(-1);
    return last && !last.answer.ended ? last : undefined;
  }

  /** @param {string} question */
  ask(question) {
    if (this.running || !question.trim()) return;
    this.turns.push({ question, answer: new Answer(), key: newKey(), whole: false, sent: 0 });
    this.submit();
  }

  /** Ask the last question again, as if it had not been asked. */
  retry() {
    const last = this.turns.at(-1);
    if (!last || this.running) return;
    this.turns[this.turns.length - 1] = { ...last, answer: new Answer(), key: newKey(), sent: 0 };
    this.submit();
  }

  /** Stop the running answer; said as soon as the server has given it a name, and there is a connection. */
  stop() {
    const answer = this.running?.answer;
    if (!answer) return;
    answer.stopping = true;
    this.sendStop(answer);
    this.changed();
  }

  /** Begin anew, on a new connection if anything of the old conversation could still come over this one. */
  clear() {
    const running = this.running;
    this.stop();
    this.turns = [];
    if (running) this.connection.restart();
    this.changed();
  }

  submit() {
    if (this.running) this.send(this.running);
    this.changed();
  }

  /**
   * Without a connection it is sent once there is one.
   * @param {Turn} turn
   */
  send(turn) {
    if (turn.sent >= MOST_SENDINGS) {
      turn.answer.fail({ code: "", message: "The connection breaks whenever this question is sent." });
    } else if (this.connection.send(this.request(turn))) {
      turn.sent += 1;
    }
  }

  /** @param {Answer} answer */
  sendStop(answer) {
    if (answer.id) this.connection.send({ type: "response.cancel", response_id: answer.id });
  }

  /**
   * A turn continues the last one that was answered; one that failed is as if it had not been.
   * The key makes it safe to send the same again after a connection broke.
   * @param {Turn} turn
   */
  request(turn) {
    const before = this.turns.slice(0, this.turns.indexOf(turn)).filter((earlier) => earlier.answer.usable);
    const create = { type: "response.create", idempotency_key: turn.key };
    const previous = before.at(-1);
    if (previous && !turn.whole) {
      return { ...create, previous_response_id: previous.answer.id, input: [message("user", turn.question)] };
    }
    const items = before.flatMap(({ question, answer }) => [
      message("user", question), ...(answer.text ? [message("assistant", answer.text)] : [])]);
    return { ...create, input: [...items, message("user", turn.question)] };
  }

  /** @returns {Record<string, string>} */
  resumption() {
    const answer = this.running?.answer;
    if (!answer?.id) return {};
    return { resume: answer.id, ...(answer.number >= 0 ? { starting_after: String(answer.number) } : {}) };
  }

  /**
   * @param {ConnectionState} state
   * @param {string} problem
   */
  connectionChanged(state, problem) {
    const turn = this.running;
    if (state === "open" && turn) {
      if (!turn.answer.id) this.send(turn);
      else if (turn.answer.stopping) this.sendStop(turn.answer);
    }
    if (state === "refused" && turn) turn.answer.fail({ code: "refused", message: problem });
    this.observer.connection(state, problem);
    this.changed();
  }

  /** @param {number} code */
  closed(code) {
    const answer = this.running?.answer;
    if (code === TOO_BIG && answer && !answer.id) answer.fail({ code: "frame_too_large", message: "" });
  }

  /** @param {ServerEvent} event */
  receive(event) {
    const turn = this.running;
    if (!turn) return;
    const { answer } = turn;
    if (event.type === "error") {
      this.receiveError(turn, event.error ?? { code: "", message: "The server reported an error." });
    } else if (!answer.receive(event)) {
      return;
    } else if (event.type === "response.created" && answer.stopping) {
      this.sendStop(answer);
    }
    this.changed();
  }

  /**
   * @param {Turn} turn
   * @param {Problem} problem
   */
  receiveError(turn, problem) {
    const { answer } = turn;
    if (PASSING.includes(problem.code)) return;
    if (problem.code === "previous_response_not_found" && !turn.whole) {
      turn.whole = true;
      turn.key = newKey();
      this.send(turn);
    } else if (answer.id && problem.code === "response_diverged") {
      answer.rewind();
      this.resume(answer);
    } else if (answer.id && NOT_NOW.includes(problem.code)) {
      setTimeout(() => this.resume(answer), RESUME_AGAIN_MS);
    } else {
      answer.fail(problem);
    }
  }

  /** @param {Answer} answer */
  resume(answer) {
    if (answer.ended || this.running?.answer !== answer) return;
    this.connection.send({ type: "parley:resume", response_id: answer.id, starting_after: answer.number });
    if (answer.stopping) this.sendStop(answer);
  }

  changed() {
    const last = this.turns.at(-1);
    const state = [this.turns.length, last?.key, last?.answer.id, last?.answer.phase].join();
    if (state !== this.kept) keep(this.turns); // not at every token: a running answer is read again after a reload
    this.kept = state;
    this.observer.changed();
  }
}

/**
 * @param {"user" | "assistant"} role
 * @param {string} text
 */
function message(role, text) {
  return { type: "message", role, content: text };
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is for secure contexts only
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Over a reload of this tab, in which a running answer goes on.
 * @param {Turn[]} turns
 */
function keep(turns) {
  try {
    sessionStorage.setItem(KEPT_AS, JSON.stringify(turns));
  } catch {
    sessionStorage.removeItem(KEPT_AS); // too long to keep
  }
}

/** @returns {Turn[]} */
function restore() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "[]");
    return kept.map((/** @type {any} */ turn) => ({ ...turn, sent: 0, answer: new Answer(turn.answer) }));
  } catch {
    return [];
  }
}
