/** The official OpenAI SDK, unmodified, resumes in mid-answer: the example in docs/sdk.md. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import OpenAI from "openai";

import { Talk, serving } from "./server.js";

const [, example] = readFileSync(new URL("../../../docs/sdk.md", import.meta.url), "utf8").match(/```js\n(.*?)```/s) ?? [];
// In a file beside this one, so that it finds the package.
const folder = mkdtempSync(fileURLToPath(new URL("example-", import.meta.url)));
after(() => rmSync(folder, { recursive: true }));
writeFileSync(`${folder}/answer.mjs`, example);
const { answer } = await import(pathToFileURL(`${folder}/answer.mjs`).href);

/** @param {string} url */
const clientOf = (url) => new OpenAI({ baseURL: `${url}/v1`, apiKey: "sdk-user", maxRetries: 0 });

test("resumes behind the last number", { timeout: 20_000 }, async () => {
  /** @type {string[]} */
  const asked = [];
  /** @param {Talk} talk */
  const begin = async (talk) => {
    asked.push(String(talk.request.url), (await talk.receive()).type);
    talk.created();
    talk.say("Hel", 3);
    talk.socket.close(1012);
  };
  /** @param {Talk} talk */
  const goOn = async (talk) => {
    asked.push(String(talk.request.url));
    talk.say("Hel", 3);
    talk.say("lo", 4);
    talk.complete(5);
  };
  await serving([begin, goOn], async (url) => assert.equal(await answer(clientOf(url), "hi", "m"), "Hello"));
  assert.deepEqual(asked, ["/v1/responses", "response.create", "/v1/responses?resume=resp_1&starting_after=3"]);
});

test("asks again with the same key before it knows the response", { timeout: 20_000 }, async () => {
  /** @type {string[]} */
  const keys = [];
  /** @param {Talk} talk */
  const lose = async (talk) => {
    keys.push((await talk.receive()).idempotency_key);
    talk.socket.terminate();
  };
  /** @param {Talk} talk */
  const reply = async (talk) => {
    keys.push((await talk.receive()).idempotency_key);
    talk.created();
    talk.say("Hello", 3);
    talk.complete(5);
  };
  await serving([lose, reply], async (url) => assert.equal(await answer(clientOf(url), "hi", "m"), "Hello"));
  assert.equal(keys[0], keys[1]);
});
