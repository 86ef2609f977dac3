/**
 * @import {Event, ParleyError} from "./errors.js"
 * @import {Turn} from "./turn.js"
 */
import { DivergedError } from "./errors.js";
import { Pending } from "./pending.js";
import { Text } from "./text.js";

/**
 * One response as its reader sees it: an unbroken iterator of text; or of `events()`; or wait for `final()`. All of
 * them read on from one place, so have one reader at a time. Leaving the loop changes nothing: call `stop` to end
 * generation, `close` to leave.
 * @implements {AsyncIterable<string>}
 */
export class Stream {
  #pending = new Pending();
  #text = new Text();
  #ended = false;
  /** @type {ParleyError | null} */
  #error = null;
  #news = () => {};
  #turn;
  #stop;
  #leave;

  /**
   * @param {Turn} turn
   * @param {(turn: Turn) => void} stop
   * @param {(turn: Turn) => void} leave
   */
  constructor(turn, stop, leave) {
    this.#turn = turn;
    this.#stop = stop;
    this.#leave = leave;
    /** @type {Event | null} the response resource as it was last told */
    this.response = null;
  }

  /**
   * The response's id, once the server has told it.
   * @returns {string | null}
   */
  get id() {
    return this.#turn.responseId;
  }

  /**
   * What has been read so far.
   * @returns {string}
   */
  get text() {
    return this.#text.text;
  }

  /**
   * How many tokens there were, once it has ended.
   * @returns {Event | null}
   */
  get usage() {
    return this.response?.usage ?? null;
  }

  /** @returns {AsyncIterator<string>} */
  [Symbol.asyncIterator]() {
    return { next: () => this.#nextText() };
  }

  /**
   * The protocol's events. `parley:restarted` says that the whole response follows anew (see `reread`).
   * @returns {AsyncGenerator<Event, void, void>}
   */
  async *events() {
    for (let event = await this.#next(); event; event = await this.#next()) {
      try {
        this.#text.take(event);
      } catch (error) {
        if (!(error instanceof DivergedError)) throw error; // who reads events sees the restart
      }
      yield event;
    }
  }

  /**
   * Read to the end: the response resource, with `output` and `usage`; an empty one if it was never begun.
   * @returns {Promise<Event>}
   */
  async final() {
    for await (const _ of this.events());
    return this.response ?? {};
  }

  /** Ask the server to stop. The stream ends by itself, with what was made until then. */
  stop() {
    this.#stop(this.#turn);
  }

  /** Leave it. The response goes on, and can be followed by its id. */
  close() {
    this.#leave(this.#turn);
  }

  /**
   * For the client: an event has come.
   * @param {Event} event
   */
  add(event) {
    this.#pending.add(event);
    this.#news();
  }

  /**
   * For the client: nothing more will come.
   * @param {ParleyError | null} error
   */
  end(error) {
    this.#ended = true;
    this.#error = error;
    this.#news();
  }

  /** @returns {Promise<IteratorResult<string, undefined>>} */
  async #nextText() {
    for (let event = await this.#next(); event; event = await this.#next()) {
      const text = this.#take(event);
      if (text) return { done: false, value: text };
    }
    return { done: true, value: undefined };
  }

  /** @param {Event} event */
  #take(event) {
    try {
      return this.#text.take(event);
    } catch (error) {
      throw error instanceof DivergedError ? error.about(this.id) : error;
    }
  }

  /**
   * The next event; undefined at the end. Throws what ended it.
   * @returns {Promise<Event | undefined>}
   */
  async #next() {
    while (this.#pending.length === 0) {
      if (this.#error) throw this.#error;
      if (this.#ended) return undefined;
      await /** @type {Promise<void>} */ (new Promise((resolve) => (this.#news = resolve)));
    }
    const event = this.#pending.take();
    if (event?.response) this.response = event.response;
    return event;
  }
}
