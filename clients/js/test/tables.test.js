/** The JavaScript client's small pure parts, by the tables that the Python client obeys too. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { socketAddress } from "../src/addresses.js";
import { errorOf } from "../src/errors.js";
import { decode, encode, sizeBytes } from "../src/frames.js";
import { DEFAULTS, delayS } from "../src/options.js";
import { Pending } from "../src/pending.js";
import { cases } from "./vectors.js";

for (const [name, { status, error: given, kind, retryable, ...expected }] of cases("errors.json")) {
  test(name, () => {
    const error = errorOf(status, given);
    assert.deepEqual([error.name, error.retryable], [kind, retryable]);
    for (const field of /** @type {const} */ (["code", "message", "param"])) {
      if (field in expected) assert.equal(error[field], expected[field]);
      else if (typeof given[field] === "string") assert.equal(error[field], given[field]);
    }
  });
}

for (const [name, { url, socket }] of cases("addresses.json")) {
  test(name, () => {
    if (socket === null) assert.throws(() => socketAddress(url), /should begin with/);
    else assert.equal(socketAddress(url), socket);
  });
}

for (const [name, { event, text, size_bytes: size }] of cases("frames.json")) {
  test(name, () => {
    assert.equal(encode(event), text);
    assert.equal(sizeBytes(text), size);
    assert.deepEqual(decode(text), event);
  });
}

test("half a character is sent as the sign for one that is lost", () => {
  assert.equal(encode({ input: "a\ud83db" }), '{"input":"a\ufffdb"}');
  assert.equal(encode({ input: "\udc4b👋\ud83d" }), '{"input":"\ufffd👋\ufffd"}');
});

for (const [name, { merge_after: mergeAfter, add, take }] of cases("pending.json")) {
  test(name, () => {
    const pending = new Pending(mergeAfter);
    for (const event of add) pending.add(event);
    const taken = [];
    while (pending.length > 0) taken.push(pending.take());
    assert.deepEqual(taken, take);
    assert.equal(pending.take(), undefined);
  });
}

test("delays never pass the longest", () => {
  const options = { ...DEFAULTS, firstDelayS: 1, maxDelayS: 8 };
  assert.deepEqual([1, 2, 3, 4, 5, 5000].map((attempt) => delayS(options, attempt, 1)), [1, 2, 4, 8, 8, 8]);
});
