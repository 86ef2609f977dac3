/** @import {Turn} from "./turn.js" */

/**
 * Which lane of the socket (`stream_id`) a turn runs in; at most `maxInFlight` are busy at once.
 *
 * The server remembers the last response of each lane, for chains that are stored nowhere. So the lane that was used
 * longest ago is taken first, and a continuation is put where its parent was.
 */
export class Lanes {
  /** @param {number} maxInFlight */
  constructor(maxInFlight) {
    this.maxInFlight = maxInFlight;
    /** @type {Map<string, Turn>} */
    this.busy = new Map();
    /** @type {Map<string, string | null>} own lanes, in order of use, with the response each of them had last */
    this.free = new Map();
    this.made = 0;
  }

  /**
   * A lane for this turn; null if it must wait. Two turns that name one lane must not both ask.
   * @param {Turn} turn
   */
  take(turn) {
    if (this.busy.size >= this.maxInFlight) return null;
    const lane = turn.lane ?? this.own(turn);
    this.busy.set(lane, turn);
    return lane;
  }

  /**
   * @param {Turn} turn
   * @returns {string}
   */
  own(turn) {
    for (const [lane, responseId] of this.free) {
      if (responseId !== null && responseId === turn.parent) {
        this.free.delete(lane);
        return lane;
      }
    }
    if (this.made < this.maxInFlight) return `lane-${++this.made}`;
    const [lane] = this.free.keys();
    this.free.delete(lane);
    return lane;
  }

  /**
   * The turn that runs in a lane.
   * @param {unknown} lane
   */
  find(lane) {
    return (typeof lane === "string" && this.busy.get(lane)) || null;
  }

  /** @param {string} lane */
  giveBack(lane) {
    const turn = this.busy.get(lane);
    this.busy.delete(lane);
    if (turn && turn.lane === null) this.free.set(lane, turn.responseId);
  }

  /** The socket is gone, and what the server remembered of it. */
  clear() {
    this.busy.clear();
    this.free.clear();
    this.made = 0;
  }
}
