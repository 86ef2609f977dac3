/**
 * @import {Event} from "./errors.js"
 *
 * What is needed of a WebSocket: the browser's, Node's own, or that of the package `ws`.
 * @typedef {object} SocketLike
 * @property {((event: any) => void) | null} onopen
 * @property {((event: any) => void) | null} onmessage
 * @property {((event: any) => void) | null} onerror
 * @property {((event: any) => void) | null} onclose
 * @property {(text: string) => void} send
 * @property {(code?: number) => void} close
 * @property {() => void} [terminate]
 * @property {(name: any, listener: (...all: any[]) => void) => unknown} [on]
 *
 * @typedef {new (url: string, ...more: any[]) => SocketLike} SocketClass
 *
 * Who is told; not any more after `drop`. `closed` or `refused` is the last thing, if the socket ends by itself.
 * @typedef {object} Listener
 * @property {() => void} opened
 * @property {(status: number, error: Event) => void} refused
 * @property {(text: string) => void} received
 * @property {(code: number, reason: string) => void} closed
 */
import { decode, isObject } from "./frames.js";

const CLOSE_MS = 1000; // how long the closing handshake may take: what is under way goes on in any case

/** The I/O of one WebSocket: from the attempt to connect, at once, until it is gone. Decides nothing. */
export class Socket {
  /**
   * @param {SocketLike} socket
   * @param {Listener} listener
   * @param {(() => Promise<[number, Event] | null>) | null} [askWhy]  what is asked when the socket could not be opened
   *   and does not say why
   */
  constructor(socket, listener, askWhy = null) {
    this.socket = socket;
    this.listener = listener;
    this.askWhy = askWhy;
    this.problem = "";
    this.isOver = false;
    this.wasDropped = false;
    this.wasOpen = false;
    socket.onopen = () => {
      this.wasOpen = true;
      listener.opened();
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") listener.received(data);
    };
    socket.onerror = (event) => {
      this.problem = event?.message ?? ""; // a browser says nothing
      if (!this.wasOpen) setTimeout(() => this.end(1006), 0); // Node's own may leave it at that, and never say `close`
    };
    socket.onclose = ({ code, reason }) => this.end(code, reason);
    socket.on?.("unexpected-response", (/** @type {any} */ request, /** @type {any} */ response) =>
      this.readRefusal(request, response));
  }

  /**
   * It has ended by itself.
   * @param {number} code
   */
  end(code, reason = "") {
    if (this.isOver) return;
    this.isOver = true;
    if (this.wasOpen || this.askWhy === null) this.listener.closed(code, reason || this.problem);
    else void this.explain(this.askWhy, code, reason || this.problem);
  }

  /**
   * @param {() => Promise<[number, Event] | null>} askWhy
   * @param {number} code
   * @param {string} reason
   */
  async explain(askWhy, code, reason) {
    const refusal = await askWhy();
    if (this.wasDropped) return;
    if (refusal === null) this.listener.closed(code, reason);
    else this.listener.refused(...refusal);
  }

  /** @param {string} text */
  send(text) {
    this.socket.send(text);
  }

  /** Give it up. */
  drop() {
    const { socket } = this;
    this.isOver = this.wasDropped = true;
    socket.onopen = socket.onmessage = null;
    socket.onerror = () => {}; // `ws` throws what nobody hears
    const timer = socket.terminate && setTimeout(() => socket.terminate?.(), CLOSE_MS);
    socket.onclose = () => clearTimeout(timer);
    socket.close(1000);
  }

  /**
   * Only `ws` tells what the server has answered in place of the upgrade.
   * @param {any} request
   * @param {any} response
   */
  readRefusal(request, response) {
    let body = "";
    response.setEncoding("utf8");
    response.on("data", (/** @type {string} */ chunk) => (body += chunk));
    response.on("close", () => {
      request.destroy();
      if (this.isOver) return;
      this.isOver = true;
      const { error } = decode(body);
      this.listener.refused(response.statusCode, isObject(error) ? error : {});
    });
  }
}

/**
 * How a socket is opened, unless the client was told otherwise.
 * @param {SocketClass | undefined} given
 * @param {Record<string, string>} headers
 * @returns {(url: string) => SocketLike}
 */
export function opener(given, headers) {
  const own = /** @type {SocketClass | undefined} */ (globalThis.WebSocket);
  const Class = given ?? own;
  if (!Class) {
    throw new TypeError("There is no WebSocket here: install the package `ws` and give its WebSocket as an option.");
  }
  if (Object.keys(headers).length === 0) return (url) => new Class(url);
  if (Class !== own) return (url) => new Class(url, [], { headers });
  if (typeof document !== "undefined" || "importScripts" in globalThis) {
    throw new TypeError("A browser sends no key or header with a WebSocket; let a cookie say who the user is.");
  }
  return (url) => new Class(url, { headers });
}
