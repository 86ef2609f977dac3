// @ts-check
// How a question comes to its answer: wait for the model, begin the conversation, send, follow to the end. What fails for
// want of a connection is tried until it works or somebody stops it; nothing is asked twice.

import { ApiError, http } from "../core/http.js";
import { effect } from "../core/signal.js";
import { noteSessionEnd } from "../core/session.js";
import { choices, requestFields } from "../settings/choices.js";
import { capabilitiesOf } from "./models.js";
import { forgetUnsent, keepUnsent } from "./outbox.js";
import { watchSilence } from "./silence.js";
import { inputOf } from "./turn.js";

/** @import { App } from "../app.js" */
/** @import { Conversation } from "./conversation.js" */
/** @import { Turn } from "./turn.js" */
/** @import { Stream } from "../client/index.js" */

const AGAIN_MS = 1500;

/**
 * Ask it, or follow it where it was asked before. Never throws: what goes wrong is the answer's.
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
export async function carryOut(conversation, turn) {
  const { answer } = turn;
  try {
    while (answer.running.value) {
      const stream = answer.responseId.value ? follow(conversation, turn) : await ask(conversation, turn);
      if (stream && (await read(conversation, turn, stream))) break;
    }
  } catch (error) {
    noteSessionEnd(error); // then one is led to sign in, and comes back to this
    answer.fail(/** @type {import("./answer.js").Problem} */ (error));
  }
  forgetUnsent(turn.idempotencyKey);
  if (turn.withdrawn || turn.answer.running.value) return; // it was taken back, or is followed as another's
  conversation.around.ended(conversation, turn);
  conversation.around.said(conversation);
}

/**
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
function follow({ around: { app } }, { answer }) {
  return app.client.follow(answer.responseId.value, { startingAfter: answer.number, reread: true });
}

/**
 * Send the question; null where it was stopped before.
 * @param {Conversation} conversation
 * @param {Turn} turn
 * @returns {Promise<Stream | null>}
 */
async function ask(conversation, turn) {
  const { app } = conversation.around;
  keep(conversation, turn);
  await ready(app, turn);
  while (!conversation.id.value && !turn.withdrawn) await begin(conversation);
  if (turn.withdrawn) return withdraw(conversation, turn);
  turn.fields ??= { ...requestFields(choices.value, capabilitiesOf(app.server)), ...place(conversation, turn) };
  keep(conversation, turn);
  return app.client.stream(inputOf(turn.question), { ...turn.fields, idempotency_key: turn.idempotencyKey, reread: true });
}

/**
 * Take in what comes. False if the connection was away for longer than the client's patience: the response goes on.
 * @param {Conversation} conversation
 * @param {Turn} turn
 * @param {Stream} stream
 */
async function read(conversation, turn, stream) {
  turn.stream = stream;
  const watched = watchSilence(turn, conversation.around.app.server);
  if (turn.answer.stopping.value) stream.stop();
  try {
    for await (const event of stream.events()) {
      turn.answer.take(event);
      if (event.type !== "response.created" || turn.id.value) continue;
      turn.id.value = event.response.id;
      forgetUnsent(turn.idempotencyKey);
      conversation.known(turn);
    }
    if (turn.answer.running.value && !turn.id.value) withdraw(conversation, turn); // stopped before it was sent
    return true;
  } catch (error) {
    if (/** @type {{code?: string}} */ (error).code !== "connection_lost") throw error;
    return false;
  } finally {
    watched();
    turn.stream = null;
  }
}

/**
 * Hold the question until a model is ready for it.
 * @param {App} app
 * @param {Turn} turn
 * @returns {Promise<void>}
 */
function ready({ server }, turn) {
  return new Promise((resolve) => {
    const stop = effect(() => {
      const status = server.status.value;
      const waits = (status === undefined || status?.ready === false) && !turn.answer.stopping.value;
      turn.answer.phase.value = waits && status ? "held" : "sending";
      if (waits) return;
      queueMicrotask(() => stop());
      resolve();
    });
  });
}

/** @param {Conversation} conversation */
async function begin(conversation) {
  try {
    const made = await http.post("/v1/conversations");
    if (conversation.id.value) return;
    conversation.id.value = made.id;
    conversation.around.named(conversation);
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status > 0 && error.status < 502 && error.status !== 429)) throw error;
    await new Promise((resolve) => setTimeout(resolve, (error.retryAfterS ?? 0) * 1000 || AGAIN_MS));
  }
}

/**
 * Where the turn goes. Behind a response it is named as such: that works even while the database is away.
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
function place(conversation, { parentId }) {
  const id = conversation.id.value;
  if (parentId?.startsWith("resp_")) return { conversation: id, previous_response_id: parentId };
  return { conversation: { id, "parley:parent_id": parentId } };
}

/**
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
function withdraw(conversation, turn) {
  turn.withdrawn = true;
  turn.answer.fail({ code: "withdrawn", message: "" });
  conversation.remove(turn);
  if (turn.replaced[0]?.question.text !== turn.question.text) conversation.draft.putBack(turn.question);
  return null;
}

/**
 * @param {Conversation} conversation
 * @param {Turn} turn
 */
function keep(conversation, { idempotencyKey: key, question, parentId, fields }) {
  keepUnsent({ conversation: conversation.id.value, key, question, parentId, fields });
}
