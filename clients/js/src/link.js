/**
 * @import {Action} from "./actions.js"
 * @import {ParleyError} from "./errors.js"
 * @import {Options} from "./options.js"
 *
 * idle: no socket is needed. waiting: for the next attempt. refused: another attempt would end alike; the next stream
 * makes one.
 * @typedef {"idle" | "connecting" | "open" | "waiting" | "refused"} LinkState
 */
import { connect, drop, send } from "./actions.js";
import { encode } from "./frames.js";
import { delayS } from "./options.js";

const PING = encode({ type: "parley:ping" });

/**
 * The one socket of a client: whether it is there, when to try again, and whether it is alive. Does no I/O.
 *
 * Each attempt goes to the next of `urls`, soon; only once all of them were tried does the pause grow. `error` says why
 * it waits, or was refused.
 */
export class Link {
  /**
   * @param {readonly string[]} urls
   * @param {Options} options
   * @param {() => number} random
   */
  constructor(urls, options, random) {
    this.urls = urls;
    this.options = options;
    this.random = random;
    /** @type {LinkState} */
    this.state = "idle";
    /** @type {ParleyError | null} */
    this.error = null;
    this.attempt = 0;
    this.progressAt = 0; // when the server last said something that was not an error
    this.tried = 0;
    this.due = 0; // when connecting is given up, or tried again
    this.heardAt = 0;
    /** @type {number | null} */
    this.pingedAt = null;
  }

  /**
   * @param {number} now
   * @returns {Action[]}
   */
  connect(now) {
    this.state = "connecting";
    this.due = now + this.options.connectTimeoutS;
    return [connect(this.urls[this.tried % this.urls.length])];
  }

  /** @param {number} now */
  opened(now) {
    this.state = "open";
    this.error = null;
    this.watch(now);
  }

  /**
   * From now on an answer is expected.
   * @param {number} now
   */
  watch(now) {
    this.heardAt = now;
    this.pingedAt = null;
  }

  /**
   * @param {number} now
   * @param {boolean} isError
   */
  heard(now, isError) {
    this.watch(now);
    if (isError) return; // a server that can only say no has not got well by being reached
    this.attempt = 0;
    this.progressAt = now;
  }

  /**
   * There is no socket any more, but one is needed.
   * @param {ParleyError} error
   * @param {number} now
   */
  lost(error, now) {
    this.error = error;
    this.tried += 1;
    this.attempt += 1;
    this.state = "waiting";
    const within = this.attempt % this.urls.length;
    this.due = now + delayS(this.options, within ? 1 : this.attempt / this.urls.length, this.random());
  }

  /** There is no socket, and none is needed. */
  rest() {
    this.state = "idle";
    this.error = null;
    this.attempt = 0;
  }

  /** There is no socket, and another would end alike. @param {ParleyError} error */
  refused(error) {
    this.rest();
    this.state = "refused";
    this.error = error;
  }

  /**
   * How long until the next attempt; null where none is to come.
   * @param {number} now
   */
  retryInS(now) {
    return this.state === "waiting" ? Math.max(0, this.due - now) : null;
  }

  /**
   * The network may have come back, or gone: try at once, or see whether the socket is alive.
   * @param {number} now
   * @returns {Action[]}
   */
  hurry(now) {
    const can = this.state === "waiting" || (this.state === "open" && this.pingedAt === null);
    return can ? this.doDue(now) : [];
  }

  /**
   * When to call `woke`, while something is under way: then it is not idle.
   * @returns {number}
   */
  wakeAt() {
    if (this.state !== "open") return this.due;
    return this.pingedAt === null
      ? this.heardAt + this.options.heartbeatS
      : this.pingedAt + this.options.heartbeatTimeoutS;
  }

  /**
   * What is due. A drop means that the socket is lost.
   * @param {number} now
   * @returns {Action[]}
   */
  woke(now) {
    return now < this.wakeAt() ? [] : this.doDue(now);
  }

  /**
   * @param {number} now
   * @returns {Action[]}
   */
  doDue(now) {
    if (this.state === "waiting") return this.connect(now);
    if (this.state === "open" && this.pingedAt === null) {
      this.pingedAt = now;
      return [send(PING)];
    }
    return [drop()];
  }
}
