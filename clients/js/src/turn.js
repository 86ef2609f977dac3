/** @import {Event, ParleyError} from "./errors.js" */

/**
 * waiting: for a socket and a lane. sent: under way on the socket. resting: refused for now, until `retryAt`.
 * @typedef {"waiting" | "sent" | "resting" | "ended"} State
 */

/** One response as a client follows it: how far it has come, and what to send to go on from there. */
export class Turn {
  /**
   * A response to make (`create`: its fields, an idempotency key among them), or to follow (`responseId`).
   * @param {object} about
   * @param {Event | null} [about.create]
   * @param {string | null} [about.responseId]
   * @param {number} [about.last]  the sequence number of the last event told
   * @param {string | null} [about.lane]  the lane it must have, if any
   * @param {boolean} [about.reread]  after a divergence read it whole, in place of failing
   */
  constructor({ create = null, responseId = null, last = -1, lane = null, reread = false }) {
    this.create = create;
    this.responseId = responseId;
    this.last = last;
    this.lane = lane;
    this.reread = reread;
    /** @type {State} */
    this.state = "waiting";
    /** @type {string | null} the lane it is in */
    this.onLane = null;
    this.left = false; // nobody wants its events any more
    /** @type {number | null} */
    this.sentAt = null;
    this.answered = false; // something of it has come since it was sent
    this.size = 0; // of the frame it was sent with
    this.attempt = 0;
    this.retryAt = 0;
    /** @type {number | null} */
    this.troubleSince = null;
    /** @type {ParleyError | null} */
    this.trouble = null;
    this.stopping = false;
    this.stopAttempt = 0;
    /** @type {number | null} */
    this.stopRetryAt = null;
  }

  /** The response that it continues. */
  get parent() {
    return this.create?.previous_response_id ?? null;
  }

  /**
   * The event that begins it, or goes on where it stands.
   * @param {string} streamId
   * @returns {Event}
   */
  frame(streamId) {
    if (this.responseId === null) return { type: "response.create", stream_id: streamId, ...this.create };
    const frame = { type: "parley:resume", stream_id: streamId, response_id: this.responseId };
    return this.last < 0 ? frame : { ...frame, starting_after: this.last };
  }

  /**
   * Take note of an event. False if it has been told: numbers only grow.
   * @param {Event} event
   */
  accepts(event) {
    const number = event.sequence_number;
    if (Number.isInteger(number)) {
      if (number <= this.last) return false;
      this.last = number;
    }
    this.responseId ??= event.response?.id ?? null;
    this.attempt = 0;
    this.troubleSince = this.trouble = null;
    return true;
  }
}
