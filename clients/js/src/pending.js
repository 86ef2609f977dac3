/** @import {Event} from "./errors.js" */

export const MERGE_AFTER = 64;
const QUEUE = "parley:queue";
const PLACE = ["type", "item_id", "output_index", "content_index"];

/**
 * Events that have come and that nobody has taken yet: first in, first out.
 *
 * Bounded without dropping anything: beyond MERGE_AFTER events the deltas of one part become one, as the server merges
 * them for a slow socket; and of two places in the queue the later one counts. So it holds a few events beside the text
 * itself.
 */
export class Pending {
  constructor(mergeAfter = MERGE_AFTER) {
    this.mergeAfter = mergeAfter;
    /** @type {Event[][]} each entry is told as one event */
    this.events = [];
  }

  get length() {
    return this.events.length;
  }

  /** @param {Event} event */
  add(event) {
    const last = this.events.at(-1);
    if (last && event.type === QUEUE && last[0].type === QUEUE) last[0] = event;
    else if (last && this.events.length >= this.mergeAfter && isSamePart(last[0], event)) last.push(event);
    else this.events.push([event]);
  }

  /**
   * The next event; undefined if there is none.
   * @returns {Event | undefined}
   */
  take() {
    const entry = this.events.shift();
    return entry && (entry.length === 1 ? entry[0] : merged(entry));
  }
}

/**
 * @param {Event} one
 * @param {Event} other
 */
function isSamePart(one, other) {
  return String(one.type).endsWith(".delta") && PLACE.every((name) => one[name] === other[name]);
}

/**
 * One delta with the last one's number.
 * @param {Event[]} events
 */
function merged(events) {
  const event = { ...events[events.length - 1], delta: events.map((each) => each.delta).join("") };
  return "logprobs" in event ? { ...event, logprobs: events.flatMap((each) => each.logprobs ?? []) } : event;
}
