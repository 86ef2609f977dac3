/**
 * A client as a state machine: turns, stops and frames in, actions out. Does no I/O, knows no time but what it is told.
 *
 * `now` is in seconds of any clock that only grows. After each call the shell performs the actions in order, and calls
 * `woke` at `wakeAt`, or later.
 * @import {Action} from "./actions.js"
 * @import {Event} from "./errors.js"
 * @import {Options} from "./options.js"
 * @import {Turn} from "./turn.js"
 */
import { drop, finish, send, tell } from "./actions.js";
import { TOO_LARGE, fatalError, lostError } from "./closing.js";
import { ClosedError, DivergedError, ParleyError, ResponseFailedError, errorOf } from "./errors.js";
import { decode, encode, isObject, sizeBytes } from "./frames.js";
import { Lanes } from "./lanes.js";
import { Link } from "./link.js";
import { DEFAULTS, delayS } from "./options.js";
import { RESTARTED, TERMINAL } from "./text.js";

const STOP = ".stop"; // a stop is sent under a stream_id of its own, so that its error is not taken for the turn's

/** All that one client has under way, over one socket at a time. */
export class Session {
  /**
   * @param {readonly string[]} urls
   * @param {Partial<Options>} [options]
   * @param {() => number} [random]  0 to 1
   */
  constructor(urls, options = {}, random = Math.random) {
    /** @type {Options} */
    this.options = { ...DEFAULTS, ...options };
    this.random = random;
    this.link = new Link(urls, this.options, random);
    this.lanes = new Lanes(this.options.maxInFlight);
    /** @type {Set<Turn>} in the order of their start */
    this.turns = new Set();
    this.isClosed = false;
  }

  /**
   * Begin it, or go on with it.
   * @param {Turn} turn
   * @param {number} now
   */
  start(turn, now) {
    if (this.isClosed) return [closed(turn)];
    if (!this.isBusy()) this.link.watch(now);
    this.turns.add(turn);
    return this.goOn(now);
  }

  /**
   * Ask the server to end it; its terminal event follows. One that was never sent just ends.
   * @param {Turn} turn
   * @param {number} now
   */
  stop(turn, now) {
    if (!this.turns.has(turn) || turn.stopping) return [];
    if (turn.sentAt === null && turn.responseId === null) return [...this.end(turn, null), ...this.goOn(now)];
    turn.stopping = true;
    return this.sendStop(turn);
  }

  /**
   * Nobody wants its events any more; generation goes on.
   * @param {Turn} turn
   * @param {number} now
   */
  leave(turn, now) {
    if (!this.turns.has(turn) || turn.left) return [];
    turn.left = true;
    if (turn.state !== "sent") this.end(turn, null); // else its lane stays busy until its end is heard
    return [finish(turn), ...this.goOn(now)];
  }

  /** The socket is open. @param {number} now */
  opened(now) {
    this.link.opened(now);
    return this.goOn(now);
  }

  /**
   * The upgrade was answered with an HTTP status; `error` is what its body says.
   * @param {number} status
   * @param {Event} error
   * @param {number} now
   */
  refused(status, error, now) {
    const told = errorOf(status, error);
    return told.retryable || status >= 500 ? this.lost(told, now) : this.failAll(told);
  }

  /**
   * The socket is gone, or could not be made. 1006: without a word; `reason` may then say what happened.
   * @param {number} code
   * @param {string} reason
   * @param {number} now
   */
  closed(code, reason, now) {
    const fatal = fatalError(code, reason);
    const lost = lostError(code, reason, this.options.patienceS);
    if (fatal === null) return this.lost(lost, now);
    const culprit = code === TOO_LARGE ? this.largestUnanswered() : null;
    if (culprit === null) return this.failAll(fatal);
    const failed = this.end(culprit, fatal);
    return [...failed, ...this.lost(lost, now)];
  }

  /**
   * A text frame of the server.
   * @param {string} text
   * @param {number} now
   */
  received(text, now) {
    const { stream_id: lane = null, ...event } = decode(text);
    const isError = event.type === "error";
    this.link.heard(now, isError);
    if (isError) return this.receivedError(event, lane, now);
    const turn = this.lanes.find(lane);
    if (turn === null) return [];
    turn.answered = true;
    const knew = turn.responseId;
    if (!turn.accepts(event)) return [];
    const told = turn.left ? [] : [tell(turn, event)];
    if (TERMINAL.has(event.type)) return [...told, ...this.end(turn, failure(event)), ...this.goOn(now)];
    return turn.stopping && knew === null ? [...told, ...this.sendStop(turn)] : told;
  }

  /** Do what is due. @param {number} now */
  woke(now) {
    const actions = this.giveUp(now);
    if (!this.isBusy()) return [...actions, ...this.goOn(now)];
    for (const action of this.link.woke(now)) {
      actions.push(action);
      if (action.do === "drop") {
        actions.push(...this.lost(lostError(1006, "it was silent", this.options.patienceS), now));
      }
    }
    for (const turn of this.turns) {
      if (turn.state === "resting" && turn.retryAt <= now) turn.state = "waiting";
      if (turn.stopRetryAt !== null && turn.stopRetryAt <= now) actions.push(...this.sendStop(turn));
    }
    return [...actions, ...this.goOn(now)];
  }

  /** Somebody has noticed that the network has changed. @param {number} now */
  hurry(now) {
    return this.isBusy() ? this.link.hurry(now) : [];
  }

  /**
   * The client is closed; what it had under way is generated on.
   */
  shutdown() {
    this.isClosed = true;
    const actions = this.link.state === "connecting" || this.link.state === "open" ? [drop()] : [];
    this.link.rest();
    this.lanes.clear();
    for (const turn of this.turns) {
      turn.state = "ended";
      if (!turn.left) actions.push(closed(turn));
    }
    this.turns.clear();
    return actions;
  }

  /**
   * When `woke` should be called; null: not before something else is.
   * @returns {number | null}
   */
  get wakeAt() {
    if (!this.isBusy()) return null;
    let earliest = this.link.wakeAt();
    for (const turn of this.turns) {
      if (turn.state === "resting") earliest = Math.min(earliest, turn.retryAt);
      earliest = Math.min(earliest, turn.stopRetryAt ?? Infinity, this.patienceEnds(turn) ?? Infinity);
    }
    return earliest;
  }

  /** Send what can be sent; get a socket if one is needed. @param {number} now */
  goOn(now) {
    if (!this.isBusy()) {
      if (this.link.state === "waiting") this.link.rest();
      return [];
    }
    if (this.link.state === "idle" || this.link.state === "refused") return this.link.connect(now);
    if (this.link.state !== "open") return [];
    /** @type {Action[]} */
    const actions = [];
    const named = new Set();
    for (const turn of this.turns) {
      if (turn.lane !== null) {
        if (named.has(turn.lane)) continue; // turns of one lane keep their order
        named.add(turn.lane);
      }
      const lane = turn.state === "waiting" ? this.lanes.take(turn) : null;
      if (lane !== null) actions.push(...this.send(turn, lane, now));
    }
    return actions;
  }

  /**
   * @param {Turn} turn
   * @param {string} lane
   * @param {number} now
   */
  send(turn, lane, now) {
    const frame = encode(turn.frame(lane));
    turn.state = "sent";
    turn.onLane = lane;
    turn.sentAt = now;
    turn.answered = false;
    turn.size = sizeBytes(frame);
    return [send(frame), ...(turn.stopping ? this.sendStop(turn) : [])];
  }

  /** @param {Turn} turn */
  sendStop(turn) {
    turn.stopRetryAt = null;
    if (turn.state !== "sent" || turn.responseId === null) return []; // when it is sent again, or its id is known
    const cancel = { type: "response.cancel", stream_id: `${turn.onLane}${STOP}`, response_id: turn.responseId };
    return [send(encode(cancel))];
  }

  /**
   * @param {Event} event
   * @param {unknown} lane
   * @param {number} now
   */
  receivedError(event, lane, now) {
    const turn = this.lanes.find(lane);
    const error = readError(event);
    if (turn === null && typeof lane === "string" && lane.endsWith(STOP)) {
      return this.stopRefused(this.lanes.find(lane.slice(0, -STOP.length)), error, now);
    }
    if (turn === null) {
      const culprit = lane === null && error.code === "frame_too_large" ? this.largestUnanswered() : null;
      return culprit === null ? [] : [...this.end(culprit, error), ...this.goOn(now)];
    }
    if (error.retryable) return this.rest(turn, error, now);
    if (error instanceof DivergedError && turn.reread && !turn.left) {
      turn.last = -1;
      return [tell(turn, { type: RESTARTED }), ...this.rest(turn, error, now)];
    }
    return [...this.end(turn, error), ...this.goOn(now)];
  }

  /**
   * One that may be tried again is; else the response is no more, and the turn itself will hear of it.
   * @param {Turn | null} turn
   * @param {ParleyError} error
   * @param {number} now
   */
  stopRefused(turn, error, now) {
    if (turn !== null && error.retryable) {
      turn.stopAttempt += 1;
      turn.stopRetryAt = now + delayS(this.options, turn.stopAttempt, this.random());
    }
    return [];
  }

  /**
   * The server has ended the turn for now: the lane is free for others meanwhile.
   * @param {Turn} turn
   * @param {ParleyError} error
   * @param {number} now
   */
  rest(turn, error, now) {
    this.freeLane(turn);
    this.noteTrouble(turn, error, now);
    turn.attempt += 1;
    turn.state = "resting";
    turn.retryAt = now + delayS(this.options, turn.attempt, this.random());
    return this.goOn(now);
  }

  /**
   * @param {ParleyError} error
   * @param {number} now
   */
  lost(error, now) {
    this.lanes.clear();
    for (const turn of this.turns) {
      if (turn.left) this.end(turn, null);
    }
    for (const turn of this.turns) {
      this.noteTrouble(turn, error, now);
      turn.onLane = turn.stopRetryAt = null;
      if (turn.state === "sent") turn.state = "waiting";
    }
    this.link.lost(error, now);
    return [...this.giveUp(now), ...this.goOn(now)];
  }

  /**
   * @param {Turn} turn
   * @param {ParleyError} error
   * @param {number} now
   */
  noteTrouble(turn, error, now) {
    turn.trouble = error;
    const calmS = this.options.heartbeatS + this.options.heartbeatTimeoutS;
    const wasCalm = turn.state === "sent" && turn.sentAt !== null && this.link.progressAt - turn.sentAt > calmS;
    if (turn.troubleSince === null || wasCalm) {
      turn.troubleSince = now;
      turn.attempt = 0;
    }
  }

  /**
   * A turn that is under way on a socket may be silent for as long as it likes: it may be in the queue.
   * @param {Turn} turn
   * @returns {number | null}
   */
  patienceEnds(turn) {
    if (turn.troubleSince === null || turn.state === "sent") return null;
    return turn.troubleSince + this.options.patienceS;
  }

  /**
   * @param {number} now
   */
  giveUp(now) {
    const over = [...this.turns].filter((turn) => (this.patienceEnds(turn) ?? Infinity) <= now);
    return over.flatMap((turn) => this.end(turn, turn.trouble));
  }

  /** The socket is gone, and another would end alike. @param {ParleyError} error */
  failAll(error) {
    this.lanes.clear();
    this.link.refused(error);
    return [...this.turns].flatMap((turn) => this.end(turn, error));
  }

  /**
   * @param {Turn} turn
   * @param {ParleyError | null} error
   */
  end(turn, error) {
    this.turns.delete(turn);
    this.freeLane(turn);
    turn.state = "ended";
    turn.stopRetryAt = null;
    return turn.left ? [] : [finish(turn, error && error.about(turn.responseId))];
  }

  /** @param {Turn} turn */
  freeLane(turn) {
    if (turn.onLane !== null && this.lanes.find(turn.onLane) === turn) this.lanes.giveBack(turn.onLane);
    turn.onLane = null;
  }

  isBusy() {
    for (const turn of this.turns) {
      if (!turn.left) return true;
    }
    return false;
  }

  /**
   * Whom an error of size is about that names no lane: no frame that was let through is larger.
   * @returns {Turn | null}
   */
  largestUnanswered() {
    /** @type {Turn | null} */
    let largest = null;
    for (const turn of this.turns) {
      if (turn.state === "sent" && !turn.answered && turn.size > (largest?.size ?? 0)) largest = turn;
    }
    return largest;
  }
}

/** @param {Event} event */
function readError(event) {
  return errorOf(Number.isInteger(event.status) ? event.status : 500, isObject(event.error) ? event.error : {});
}

/** @param {Event} event */
function failure(event) {
  return event.type === "response.failed" ? new ResponseFailedError(event.response ?? {}) : null;
}

/** @param {Turn} turn */
function closed(turn) {
  return finish(turn, new ClosedError("client_closed", "The client was closed.", null, turn.responseId));
}
