/** A small server that speaks the protocol as a test tells it to: what is tested is the client's I/O. */
import { once } from "node:events";

import { WebSocketServer } from "ws";

/** One connection, as the test sees it. */
export class Talk {
  /**
   * @param {import("ws").WebSocket} socket
   * @param {import("node:http").IncomingMessage} request
   */
  constructor(socket, request) {
    this.socket = socket;
    this.request = request;
    /** @type {string[]} */
    this.frames = [];
    this.news = () => {};
    socket.on("message", (data) => {
      this.frames.push(String(data));
      this.news();
    });
  }

  /** @returns {Promise<any>} the next event of the client */
  async receive() {
    while (this.frames.length === 0) {
      await /** @type {Promise<void>} */ (new Promise((resolve) => (this.news = resolve)));
    }
    return JSON.parse(/** @type {string} */ (this.frames.shift()));
  }

  /**
   * @param {string} type
   * @param {number | null} number
   * @param {Record<string, unknown>} [fields]
   */
  send(type, number, fields = {}) {
    const event = { type, stream_id: "lane-1", ...fields };
    this.socket.send(JSON.stringify(number === null ? event : { ...event, sequence_number: number }));
  }

  created(id = "resp_1", where = {}) {
    this.send("response.created", 0, { response: { id }, ...where });
  }

  /**
   * @param {string} delta
   * @param {number} number
   */
  say(delta, number, where = {}) {
    const place = { item_id: "msg_1", output_index: 0, content_index: 0 };
    this.send("response.output_text.delta", number, { ...place, delta, ...where });
  }

  /** @param {number} number */
  complete(number, id = "resp_1", where = {}) {
    const response = { id, status: "completed", usage: { output_tokens: number } };
    this.send("response.completed", number, { response, ...where });
  }

  /**
   * @param {number} status
   * @param {string} code
   */
  error(status, code, where = {}) {
    this.send("error", null, { status, error: { code, message: "Why." }, ...where });
  }
}

/**
 * Runs one script per connection, in order, while `use` goes on with its address.
 * @param {((talk: Talk) => Promise<void>)[]} scripts
 * @param {(url: string) => Promise<void>} use
 */
export async function serving(scripts, use) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const left = [...scripts];
  /** @type {Promise<void>[]} */
  const talks = [];
  server.on("connection", (socket, request) => {
    const script = left.shift();
    if (script) talks.push(script(new Talk(socket, request)));
    else socket.terminate();
  });
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  try {
    await use(`http://127.0.0.1:${port}`);
    await Promise.all(talks);
    if (left.length) throw new Error(`${left.length} connections were never made`);
  } finally {
    for (const socket of server.clients) socket.terminate();
    server.close();
  }
}
