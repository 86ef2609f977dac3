/**
 * @import {Action} from "./actions.js"
 * @import {Event} from "./errors.js"
 * @import {ParleyError} from "./errors.js"
 * @import {LinkState} from "./link.js"
 * @import {Options} from "./options.js"
 * @import {SocketClass} from "./socket.js"
 *
 * @typedef {object} Settings
 * @property {string} [apiKey]
 * @property {Record<string, string>} [headers]
 * @property {SocketClass} [WebSocket]  where there is none of the platform's, or another is to be used
 * @property {Partial<Options>} [options]
 * @property {() => number} [random]  0 to 1; may be replaced to make what the client does repeatable, as may `newKey`
 * @property {() => string} [newKey]  makes idempotency keys
 *
 * How the connection is. idle: none is needed. waiting: it was lost, and the next attempt is in `retryInS` seconds; `error`
 * says why. refused: the server does not let this client in, as `error` says; the next stream tries again.
 * @typedef {object} Connection
 * @property {LinkState | "closed"} state
 * @property {number | null} retryInS
 * @property {ParleyError | null} error
 *
 * @typedef {object} Following
 * @property {string} [lane]  streams run side by side; those of one lane one after another
 * @property {boolean} [reread]  after a divergence read the whole response anew in place of throwing DivergedError;
 *   its text must then begin as what was told
 */
import { socketAddress, withSignals } from "./addresses.js";
import { encode } from "./frames.js";
import { refusalOf } from "./refusal.js";
import { Session } from "./session.js";
import { Socket, opener } from "./socket.js";
import { Stream } from "./stream.js";
import { Turn } from "./turn.js";

const NETWORK_MAY_HAVE_CHANGED = ["online", "pageshow", "visibilitychange"];

/** A server, by one address or several that are tried in turn. One socket, made when it is first needed. */
export class Client {
  /** @type {Session} */
  #session;
  #open;
  /** @type {Record<string, string> | null} of who asks why a socket could not be opened, where it does not tell */
  #askWith;
  #newKey;
  /** @type {Map<Turn, Stream>} */
  #streams = new Map();
  /** @type {Socket | null} */
  #socket = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #timerAt = Infinity;
  #hurry = () => this.hurry();
  #told = "idle 0";
  /**
   * Called with each state that the connection comes to, once what has changed it is over.
   * @type {((connection: Connection) => void) | null}
   */
  onstate = null;

  /**
   * @param {string | URL | readonly (string | URL)[]} url
   * @param {Settings} [settings]
   */
  constructor(url, { apiKey, headers = {}, WebSocket, options, random, newKey = uuid } = {}) {
    const urls = Array.isArray(url) ? url : [url];
    if (urls.length === 0) throw new TypeError("A client needs an address at least.");
    const all = apiKey ? { ...headers, Authorization: `Bearer ${apiKey}` } : headers;
    this.#session = new Session(urls.map(socketAddress), options, random);
    this.#open = opener(WebSocket, all);
    this.#askWith = WebSocket === undefined && typeof fetch === "function" ? all : null;
    this.#newKey = newKey;
    for (const name of NETWORK_MAY_HAVE_CHANGED) globalThis.addEventListener?.(name, this.#hurry);
  }

  /**
   * Ask for a response, and follow it. `fields` are those of `response.create`: model, instructions, …
   * @param {string | Event[]} input
   * @param {Event & Following} [fields]
   * @returns {Stream}
   */
  stream(input, { lane = undefined, reread = false, ...fields } = {}) {
    const create = { input, idempotency_key: this.#newKey(), ...fields };
    encode(create);
    return this.#start(new Turn({ create, lane, reread }));
  }

  /**
   * Follow a response that exists, from behind a sequence number on; -1: from its beginning.
   * @param {string} responseId
   * @param {{startingAfter?: number, reread?: boolean}} [how]
   * @returns {Stream}
   */
  follow(responseId, { startingAfter = -1, reread = false } = {}) {
    return this.#start(new Turn({ responseId, last: startingAfter, reread }));
  }

  /** How the connection is now. @returns {Connection} */
  get connection() {
    const { isClosed, link } = this.#session;
    return { state: isClosed ? "closed" : link.state, retryInS: link.retryInS(now()), error: link.error };
  }

  /** @returns {Connection["state"]} */
  get state() {
    return this.connection.state;
  }

  /** The network may have changed: connect now, or see now whether the connection is alive. */
  hurry() {
    this.#do(this.#session.hurry(now()));
  }

  /** Leave everything. What is under way throws ClosedError here, and is generated on there. */
  close() {
    for (const name of NETWORK_MAY_HAVE_CHANGED) globalThis.removeEventListener?.(name, this.#hurry);
    this.#do(this.#session.shutdown());
  }

  /** @param {Turn} turn */
  #start(turn) {
    const stream = new Stream(
      turn,
      () => this.#do(this.#session.stop(turn, now())),
      () => this.#do(this.#session.leave(turn, now())),
    );
    this.#streams.set(turn, stream);
    this.#do(this.#session.start(turn, now()));
    return stream;
  }

  /** @param {Action[]} actions */
  #do(actions) {
    for (const action of actions) {
      if (action.do === "tell") this.#streams.get(action.turn)?.add(action.event);
      else if (action.do === "finish") this.#finish(action.turn, action.error);
      else if (action.do === "send") this.#socket?.send(action.text);
      else if (action.do === "connect") this.#connect(action.url);
      else this.#socket?.drop();
    }
    this.#setTimer();
    this.#tellState();
  }

  /** Not at once: who hears it may use the client, and may throw. */
  #tellState() {
    const { connection } = this;
    const told = `${connection.state} ${this.#session.link.tried}`; // it may wait again, for longer
    if (told === this.#told) return;
    this.#told = told;
    queueMicrotask(() => this.onstate?.(connection));
  }

  /**
   * @param {Turn} turn
   * @param {import("./errors.js").ParleyError | null} error
   */
  #finish(turn, error) {
    this.#streams.get(turn)?.end(error);
    this.#streams.delete(turn);
  }

  /** @param {string} url */
  #connect(url) {
    const session = this.#session;
    const headers = this.#askWith;
    this.#socket = new Socket(this.#open(withSignals(url)), {
      opened: () => this.#do(session.opened(now())),
      refused: (status, error) => this.#do(session.refused(status, error, now())),
      received: (text) => this.#do(session.received(text, now())),
      closed: (code, reason) => this.#do(session.closed(code, reason, now())),
    }, headers && (() => refusalOf(url, headers)));
  }

  /** One that is too early does no harm, so that it is not set anew at every frame. */
  #setTimer() {
    const wakeAt = this.#session.wakeAt ?? Infinity;
    if (wakeAt >= this.#timerAt && wakeAt !== Infinity) return;
    clearTimeout(this.#timer);
    this.#timerAt = wakeAt;
    if (wakeAt !== Infinity) this.#timer = setTimeout(() => this.#woke(), Math.max(0, wakeAt - now()) * 1000);
  }

  #woke() {
    this.#timerAt = Infinity;
    this.#do(this.#session.woke(now()));
  }
}

function now() {
  return performance.now() / 1000;
}

/** Not crypto.randomUUID, which pages that came over plain HTTP lack. */
function uuid() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
