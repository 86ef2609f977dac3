// @ts-check
// One WebSocket to /v1/responses that comes back by itself. Knows frames and time, and nothing of conversations.

const PATH = "/v1/responses";
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
const DO_NOT_RETURN = 1008; // the close code of a server that will not have us

/**
 * An event of the protocol.
 * @typedef {{type: string, sequence_number?: number, [field: string]: any}} ServerEvent
 *
 * Where the connection stands. `refused` is for good; `problem` then says why.
 * @typedef {"connecting" | "open" | "waiting" | "refused"} ConnectionState
 *
 * What its owner provides. `resumption` gives the query with which a new socket takes up where the last one broke.
 * @typedef {object} Owner
 * @property {() => Record<string, string>} resumption
 * @property {(event: ServerEvent) => void} receive
 * @property {(code: number) => void} closed  with which close code
 * @property {(state: ConnectionState, problem: string) => void} changed
 */

export class Connection {
  /** @param {Owner} owner */
  constructor(owner) {
    this.owner = owner;
    /** @type {ConnectionState} */
    this.state = "connecting";
    /** @type {WebSocket | null} */
    this.socket = null;
    this.failures = 0;
    this.timer = 0;
    for (const [target, name] of /** @type {[EventTarget, string][]} */ (
      [[window, "online"], [window, "pageshow"], [document, "visibilitychange"]])) {
      target.addEventListener(name, () => this.hurry());
    }
  }

  /** Connect, and again whenever the connection is lost. */
  open() {
    clearTimeout(this.timer);
    const url = new URL(PATH, location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.search = new URLSearchParams(this.owner.resumption()).toString();
    const socket = new WebSocket(url);
    this.socket = socket;
    this.change("connecting");
    socket.onopen = () => this.change("open");
    socket.onmessage = (message) => this.receive(JSON.parse(message.data));
    socket.onclose = (event) => this.lost(event);
  }

  /** Drop this connection, and what is under way on it, for a new one. */
  restart() {
    if (this.socket) {
      this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
      this.socket.close();
    }
    if (this.state !== "refused") this.open();
  }

  /**
   * Send an event. False where there is no connection to send it on.
   * @param {object} event
   */
  send(event) {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(event));
    return true;
  }

  /** @param {ServerEvent} event */
  receive(event) {
    if (event.type !== "error") this.failures = 0; // a server that only ever complains is not asked more often
    this.owner.receive(event);
  }

  /** @param {CloseEvent} event */
  async lost(event) {
    this.socket = null;
    this.owner.closed(event.code);
    const problem = event.code === DO_NOT_RETURN ? "The server will not have this page." : await refusal();
    if (problem) {
      this.change("refused", problem);
      return;
    }
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures);
    this.failures += 1;
    this.timer = setTimeout(() => this.open(), wait * (0.5 + Math.random() / 2)); // not all clients at the same moment
    this.change("waiting");
  }

  /** The network is back, or somebody looks at the page again: no need to wait any longer. */
  hurry() {
    if (this.state === "waiting" && !document.hidden) this.open();
  }

  /**
   * @param {ConnectionState} state
   * @param {string} [problem]
   */
  change(state, problem = "") {
    this.state = state;
    this.owner.changed(state, problem);
  }
}

/** A browser does not tell why an upgrade failed, so ask over HTTP; empty where coming back may help. */
async function refusal() {
  try {
    const answer = await fetch("/v1/models", { signal: AbortSignal.timeout(5000) });
    if (answer.status !== 401 && answer.status !== 403) return "";
    const body = await answer.json();
    return String(body.error?.message || "The server asks who you are, and this page cannot tell it.");
  } catch {
    return "";
  }
}
