/** The JavaScript client's I/O, over real sockets to a small server. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";

import { WebSocket } from "ws";

import {
  Client, ClosedError, ConnectionLostError, DivergedError, NotAllowedError, RequestError,
} from "../src/index.js";
import { MERGE_AFTER } from "../src/pending.js";
import { Talk, serving } from "./server.js";

const QUICK = { firstDelayS: 0.01, maxDelayS: 0.02, patienceS: 5 };

/** @param {Talk} talk */
async function hello(talk) {
  await talk.receive();
  talk.created();
  talk.say("Hel", 3);
  talk.say("lo", 4);
  talk.complete(5);
}

/**
 * @template T
 * @param {AsyncIterable<T>} iterable
 */
async function all(iterable) {
  /** @type {T[]} */
  const found = [];
  for await (const each of iterable) found.push(each);
  return found;
}

/**
 * @param {string | string[]} url
 * @param {(client: Client) => Promise<void>} use
 */
async function using(url, use, settings = {}) {
  const client = new Client(url, { WebSocket, options: QUICK, ...settings });
  try {
    await use(client);
  } finally {
    client.close();
  }
}

/**
 * @param {((talk: Talk) => Promise<void>)[]} scripts
 * @param {(client: Client) => Promise<void>} use
 */
const talking = (scripts, use, settings = {}) => serving(scripts, (url) => using(url, use, settings));

describe("client", { timeout: 20_000 }, () => {
  test("text is one iterator", () => talking([hello], async (client) => {
    const stream = client.stream("hi");
    assert.deepEqual([stream.id, stream.usage], [null, null]);
    assert.deepEqual(await all(stream), ["Hel", "lo"]);
    assert.deepEqual([stream.id, stream.text, stream.usage], ["resp_1", "Hello", { output_tokens: 5 }]);
    assert.deepEqual(await all(stream), []);
  }));

  test("events and the final response", () => talking([hello], async (client) => {
    const stream = client.stream("hi");
    const events = await all(stream.events());
    assert.deepEqual(events.map((event) => event.sequence_number), [0, 3, 4, 5]);
    assert.equal(stream.text, "Hello");
    assert.equal(await stream.final(), events[3].response);
  }));

  test("what is asked for is sent with a key and headers", async () => {
    /** @type {any[]} */
    const seen = [];
    await talking([async (talk) => {
      seen.push(await talk.receive(), talk.request.headers.authorization, talk.request.headers["x-more"]);
      talk.complete(0);
    }], async (client) => {
      await client.stream("hi", { model: "m", temperature: 0 }).final();
    }, { apiKey: "k", headers: { "X-More": "x" }, newKey: () => "key" });
    const create = { input: "hi", idempotency_key: "key", model: "m", temperature: 0 };
    assert.deepEqual(seen, [{ type: "response.create", stream_id: "lane-1", ...create }, "Bearer k", "x"]);
  });

  test("keys are made for each stream", () => talking([async (talk) => {
    const keys = [await talk.receive(), await talk.receive()].map((event) => event.idempotency_key);
    assert.match(keys[0], /^[0-9a-f]{32}$/);
    assert.notEqual(keys[0], keys[1]);
    talk.complete(0);
  }], async (client) => {
    const [stream] = [client.stream("hi"), client.stream("hi")];
    await stream.final();
  }));

  test("a stream goes on where it was cut", async () => {
    /** @type {any[]} */
    const asked = [];
    await talking([async (talk) => {
      asked.push(await talk.receive());
      talk.created();
      talk.say("Hel", 3);
      asked.push(await talk.receive()); // so that what was sent has been read
      talk.socket.terminate();
    }, async (talk) => {
      asked.push(await talk.receive());
      talk.say("Hel", 3);
      talk.say("lo", 4);
      talk.complete(5);
    }], async (client) => {
      const stream = client.stream("hi");
      const found = [];
      for await (const text of stream) {
        found.push(text);
        if (text === "Hel") client.hurry();
      }
      assert.deepEqual(found, ["Hel", "lo"]);
    });
    assert.deepEqual(asked.map((event) => event.type), ["response.create", "parley:ping", "parley:resume"]);
    assert.equal(asked[2].starting_after, 3);
  });

  test("a silent connection is dropped", () => talking([async (talk) => {
    await talk.receive();
    talk.created();
  }, async (talk) => {
    assert.equal((await talk.receive()).type, "parley:resume");
    talk.say("Hello", 3);
    talk.complete(4);
  }], async (client) => {
    assert.deepEqual(await all(client.stream("hi")), ["Hello"]);
  }, { options: { firstDelayS: 0.01, heartbeatS: 0.05, heartbeatTimeoutS: 0.05 } }));

  test("an error of a turn ends its stream alone", () => talking([async (talk) => {
    await talk.receive();
    await talk.receive();
    talk.error(400, "invalid_value", { stream_id: "lane-2" });
    talk.say("Hello", 3);
    talk.complete(4);
  }], async (client) => {
    const [good, bad] = [client.stream("hi"), client.stream("hi", { temperature: 9 })];
    await assert.rejects(bad.final(), (error) => error instanceof RequestError && error.code === "invalid_value");
    await assert.rejects(all(bad), RequestError); // it stays so
    assert.deepEqual(await all(good), ["Hello"]);
  }));

  test("a divergence names its response", async () => {
    /** @param {Talk} talk */
    const script = async (talk) => {
      await talk.receive();
      talk.created();
      talk.say("Hello", 3);
      talk.error(409, "response_diverged");
      await talk.receive();
      talk.say("Help", 3, { stream_id: "lane-2" });
      talk.complete(4, "resp_1", { stream_id: "lane-2" });
    };
    await talking([script], async (client) => {
      const stream = client.stream("hi", { reread: true });
      const diverged = (/** @type {unknown} */ error) =>
        error instanceof DivergedError && error.responseId === "resp_1";
      await assert.rejects(all(stream), diverged);
    });
    await talking([script], async (client) => {
      const stream = client.stream("hi", { reread: true });
      const kinds = (await all(stream.events())).map((event) => event.type);
      assert(kinds.includes("parley:restarted"));
      assert.equal(stream.text, "Help");
    });
  });

  test("a reader that is slow gets merged deltas", () => talking([async (talk) => {
    await talk.receive();
    await talk.receive();
    talk.created();
    for (let number = 1; number <= 1000; number++) talk.say(`${number},`, number);
    talk.complete(1001);
    talk.complete(0, "resp_2", { stream_id: "lane-2" });
  }], async (client) => {
    const [stream, behind] = [client.stream("hi"), client.stream("hi")];
    await behind.final();
    const events = await all(stream.events());
    assert.equal(stream.text, Array.from({ length: 1000 }, (_, n) => `${n + 1},`).join(""));
    assert.equal(events.length, MERGE_AFTER + 1);
  }));

  test("leaving the loop changes nothing", () => talking([hello], async (client) => {
    const stream = client.stream("hi");
    for await (const text of stream) {
      assert.equal(text, "Hel");
      break;
    }
    assert.deepEqual(await all(stream), ["lo"]);
  }));

  test("stop and leave", () => talking([async (talk) => {
    await talk.receive();
    talk.created();
    const cancel = { type: "response.cancel", stream_id: "lane-1.stop", response_id: "resp_1" };
    assert.deepEqual(await talk.receive(), cancel);
    talk.send("response.incomplete", 1, { response: { id: "resp_1", status: "incomplete" } });
    await talk.receive();
  }], async (client) => {
    const stream = client.stream("hi");
    await stream.events().next();
    stream.stop();
    assert.equal((await stream.final()).status, "incomplete");
    const left = client.stream("hi");
    left.close();
    assert.deepEqual(await left.final(), {});
  }));

  test("patience ends", () => using("http://127.0.0.1:1", async (client) => {
    await assert.rejects(
      client.stream("hi").final(), (error) => error instanceof ConnectionLostError && error.retryable);
  }, { options: { firstDelayS: 0.01, patienceS: 0.1 } }));

  test("the next address is tried", () => serving([hello], (url) =>
    using(["http://127.0.0.1:1", url], async (client) => {
      assert.equal((await all(client.stream("hi"))).join(""), "Hello");
    })));

  test("closing ends what is under way", () => talking([async (talk) => {
    await talk.receive();
    talk.created();
  }], async (client) => {
    const stream = client.stream("hi");
    await stream.events().next();
    client.close();
    await assert.rejects(stream.final(), ClosedError);
    await assert.rejects(client.stream("hi").final(), ClosedError);
    client.close();
  }));

  test("an application can show how the connection is", () => talking([async (talk) => {
    await talk.receive();
    talk.created();
    talk.socket.terminate();
  }, async (talk) => {
    await talk.receive();
    talk.complete(4);
  }], async (client) => {
    /** @type {import("../src/client.js").Connection[]} */
    const told = [];
    client.onstate = (connection) => told.push(connection);
    assert.equal(client.state, "idle");
    await client.stream("hi").final();
    client.close();
    await new Promise(setImmediate);
    assert.deepEqual(
      told.map(({ state }) => state), ["connecting", "open", "waiting", "connecting", "open", "closed"]);
    const [{ retryInS, error }] = told.filter(({ state }) => state === "waiting");
    assert(retryInS !== null && retryInS >= 0 && retryInS <= QUICK.maxDelayS);
    assert(error instanceof ConnectionLostError);
    assert.deepEqual(client.connection, { state: "closed", retryInS: null, error: null });
  }));

  test("a listener that throws breaks no stream", () => talking([hello], async (client) => {
    const own = globalThis.queueMicrotask;
    /** @type {any[]} */
    const thrown = [];
    globalThis.queueMicrotask = (call) => own(() => { // what the platform does with it: report it, and go on
      try {
        call();
      } catch (error) {
        thrown.push(error);
      }
    });
    client.onstate = ({ state }) => {
      throw new Error(state);
    };
    try {
      assert.equal((await client.stream("hi").final()).id, "resp_1");
    } finally {
      globalThis.queueMicrotask = own;
      client.onstate = null;
    }
    assert.deepEqual(thrown.map(({ message }) => message), ["connecting", "open"]);
  }));

  test("where a response stands is asked for and told", () => talking([async (talk) => {
    assert.equal(talk.request.url, "/v1/responses?signals=true");
    await talk.receive();
    talk.created();
    talk.send("parley:queue", null, { position: 2, waiting: 3, estimated_s: 4 });
    await talk.receive(); // so that it was read before it was overtaken
    talk.send("parley:interrupted", null);
    talk.complete(4);
    talk.complete(0, "resp_2", { stream_id: "lane-2" });
  }], async (client) => {
    const stream = client.stream("hi");
    const kinds = [];
    for await (const event of stream.events()) {
      kinds.push(event.type);
      if (event.type !== "parley:queue") continue;
      assert.deepEqual([event.position, event.waiting, event.estimated_s], [2, 3, 4]);
      void client.stream("another").final();
    }
    assert.deepEqual(kinds, ["response.created", "parley:queue", "parley:interrupted", "response.completed"]);
  }));

  test("closing while it connects", () => serving([], (url) => using(url, async (client) => {
    client.stream("hi").close();
  })));
});

describe("a refused upgrade", { timeout: 20_000 }, () => {
  const server = createServer();
  after(() => server.close());

  test("says why", async () => {
    let body = JSON.stringify({ error: { code: "invalid_api_key", message: "Unknown key." } });
    let status = 401;
    server.on("upgrade", (_, socket) => {
      socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const url = `http://127.0.0.1:${port}`;
    await using(url, async (client) => {
      await assert.rejects(client.stream("hi").final(), (error) =>
        error instanceof NotAllowedError && error.code === "invalid_api_key" && error.message === "Unknown key.");
    });
    [status, body] = [404, "Nothing."];
    await using(url, async (client) => {
      await assert.rejects(client.stream("hi").final(), { code: "http_404", name: "NotFoundError" });
    });
  });
});

/** Stands in for a platform's own WebSocket, which does not tell why it could not be opened. */
class Mute {
  /** @type {((event: object) => void) | null} */
  onclose = null;

  constructor() {
    setImmediate(() => this.onclose?.({ code: 1006, reason: "" }));
  }

  close() {}
}

describe("a platform that does not tell why", { timeout: 20_000 }, () => {
  const own = globalThis.WebSocket;
  /** @type {[number, string]} */
  let answer = [401, ""];
  /** @type {string[]} */
  const asked = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push(`${url} ${headers.authorization}`);
    response.writeHead(answer[0]).end(answer[1]);
  });

  before(async () => {
    // @ts-expect-error: all that is needed of one
    globalThis.WebSocket = Mute;
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => {
    globalThis.WebSocket = own;
    server.close();
    server.closeAllConnections();
  });

  /** @param {(client: Client) => Promise<void>} use */
  const asking = (use, options = {}) => {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    const url = `http://127.0.0.1:${port}/below`;
    return using(url, use, { WebSocket: undefined, apiKey: "k", options: { ...QUICK, ...options } });
  };

  test("is asked over HTTP, so that who is not let in is told so", () => {
    answer = [401, JSON.stringify({ error: { code: "session_ended", message: "Over." } })];
    return asking(async (client) => {
      await assert.rejects(client.stream("hi").final(), { code: "session_ended", name: "NotAllowedError" });
      assert.deepEqual([client.state, client.connection.error?.code], ["refused", "session_ended"]);
      assert.deepEqual(asked, ["/below/v1/models Bearer k"]);
    });
  });

  test("is tried again where that says nothing", () => {
    answer = [200, "{}"];
    return asking(async (client) => {
      await assert.rejects(client.stream("hi").final(), ConnectionLostError);
    }, { patienceS: 0.1 });
  });

  test("is not heard any more once the client is closed", () => {
    answer = [403, "no JSON"];
    return asking(async (client) => {
      const stream = client.stream("hi");
      await new Promise((resolve) => server.once("request", resolve));
      client.close();
      await assert.rejects(stream.final(), ClosedError);
      assert.equal(client.state, "closed");
    });
  });
});

describe("which WebSocket", () => {
  test("a platform without one needs to be given one", () => {
    const own = globalThis.WebSocket;
    // @ts-expect-error: as in Node 20
    globalThis.WebSocket = undefined;
    try {
      assert.throws(() => new Client("http://a"), /install the package `ws`/);
    } finally {
      globalThis.WebSocket = own;
    }
  });

  test("the platform's own takes headers in its second argument, but for a browser's, which takes none", () => {
    /** @type {any[]} */
    const made = [];
    class Own {
      /** @param {any[]} given */
      constructor(...given) {
        made.push(given);
      }

      close() {}
    }
    const own = globalThis.WebSocket;
    // @ts-expect-error: all that is needed of one
    globalThis.WebSocket = Own;
    try {
      const client = new Client("http://a", { apiKey: "k" });
      client.stream("hi");
      client.close();
      assert.deepEqual(made, [["ws://a/v1/responses?signals=true", { headers: { Authorization: "Bearer k" } }]]);
      // @ts-expect-error: as in a browser
      globalThis.document = {};
      assert.throws(() => new Client("http://a", { apiKey: "k" }), /A browser sends no key/);
      new Client("http://a").close();
    } finally {
      // @ts-expect-error: there was none
      delete globalThis.document;
      globalThis.WebSocket = own;
    }
  });

  test("one that says that it has failed, and never that it is closed", async () => {
    let made = 0;
    class Own {
      onerror = (/** @type {unknown} */ event) => assert.fail(`nobody hears of ${event}`);

      constructor() {
        made += 1;
        queueMicrotask(() => this.onerror({ message: "No." }));
      }

      close() {}
    }
    const settings = /** @type {any} */ ({ WebSocket: Own, options: { firstDelayS: 0.001, patienceS: 0.05 } });
    const client = new Client("http://a", settings);
    await assert.rejects(client.stream("hi").final(), /There was no connection for 0.05 seconds \(1006: No.\)/);
    assert(made > 1);
  });

  test("a client needs an address", () => {
    assert.throws(() => new Client([], { WebSocket }), /address/);
    assert.throws(() => new Client("nowhere", { WebSocket }), /should begin with/);
  });
});
