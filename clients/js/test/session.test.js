/**
 * The JavaScript client's session, driven by the vectors that drive the Python client's too.
 * @import {Action} from "../src/actions.js"
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { DivergedError, ParleyError } from "../src/errors.js";
import { Session } from "../src/session.js";
import { Text } from "../src/text.js";
import { Turn } from "../src/turn.js";
import { cases } from "./vectors.js";

const camel = (/** @type {string} */ name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

/** Plays one case: a session, its turns by name, and the text of each. */
class Player {
  /** @param {any} given */
  constructor({ urls = ["ws://a/v1/responses"], options = {}, random = 0 }) {
    const named = Object.fromEntries(Object.entries(options).map(([name, value]) => [camel(name), value]));
    this.session = new Session(urls, named, () => random);
    /** @type {Map<string, Turn>} */
    this.turns = new Map();
    /** @type {Map<Turn, {name: string, text: Text}>} */
    this.about = new Map();
  }

  /** @param {any} step */
  play({ at, out, wake_at, state, ...given }) {
    const [[kind, value]] = Object.entries(given);
    return this.act(kind, value, at).flatMap((action) => this.outcomes(action));
  }

  /**
   * @param {string} kind
   * @param {any} value
   * @param {number} now
   * @returns {Action[]}
   */
  act(kind, value, now) {
    const { session } = this;
    switch (kind) {
      case "start": return session.start(this.turn(value), now);
      case "stop": return session.stop(this.named(value), now);
      case "leave": return session.leave(this.named(value), now);
      case "frame": return session.received(JSON.stringify(value), now);
      case "text": return session.received(value, now);
      case "refused": return session.refused(value[0], value[1], now);
      case "closed": return session.closed(value[0], value[1], now);
      case "opened": return session.opened(now);
      case "wake": return session.woke(now);
      case "hurry": return session.hurry(now);
      case "shutdown": return session.shutdown();
      default: throw new Error(`unknown step ${kind}`);
    }
  }

  /**
   * What an application can show of the connection.
   * @param {number} now
   */
  state(now) {
    const { link } = this.session;
    return [link.state, link.retryInS(now), link.error?.code ?? null];
  }

  /** @param {any} about */
  turn({ turn: name, response_id: responseId, ...about }) {
    const turn = new Turn({ responseId, ...about });
    this.turns.set(name, turn);
    this.about.set(turn, { name, text: new Text() });
    return turn;
  }

  /** @param {string} name */
  named(name) {
    return /** @type {Turn} */ (this.turns.get(name));
  }

  /**
   * @param {Action} action
   * @returns {any[][]}
   */
  outcomes(action) {
    if (action.do === "connect") return [["connect", action.url]];
    if (action.do === "send") return [["send", JSON.parse(action.text)]];
    if (action.do === "drop") return [["drop"]];
    const { name, text } = /** @type {{name: string, text: Text}} */ (this.about.get(action.turn));
    if (action.do === "finish") return [action.error ? ["fail", name, fields(action.error)] : ["end", name]];
    assert(!("stream_id" in action.event));
    return [["tell", name, action.event.type, action.event.sequence_number ?? null], ...said(name, text, action.event)];
  }
}

/**
 * @param {string} name
 * @param {Text} text
 * @param {any} event
 */
function said(name, text, event) {
  try {
    const more = text.take(event);
    return more ? [["say", name, more]] : [];
  } catch (error) {
    assert(error instanceof DivergedError);
    return [["differs", name]];
  }
}

/** @param {ParleyError} error */
function fields({ name, code, message, param, retryable, responseId }) {
  return { kind: name, code, message, param, retryable, response_id: responseId };
}

/**
 * An error need only have the fields that are expected of it.
 * @param {any[]} expected
 * @param {any[]} found
 */
function seen(expected, found) {
  if (expected?.[0] !== "fail" || found[0] !== "fail") return found;
  return [found[0], found[1], Object.fromEntries(Object.keys(expected[2]).map((name) => [name, found[2][name]]))];
}

for (const [name, given] of cases("session/")) {
  test(name, () => {
    const player = new Player(given);
    for (const [number, step] of given.steps.entries()) {
      const found = player.play(step).map((outcome, n) => seen(step.out[n], outcome));
      assert.deepEqual(found, step.out, `step ${number}, ${JSON.stringify(step)}`);
      if ("state" in step) assert.deepEqual(player.state(step.at), step.state, `step ${number}`);
      if (!("wake_at" in step)) continue;
      const wakeAt = player.session.wakeAt;
      const near = wakeAt === step.wake_at || Math.abs(Number(wakeAt) - step.wake_at) < 1e-6;
      assert(near && (wakeAt === null) === (step.wake_at === null), `step ${number}: wakes at ${wakeAt}, ${JSON.stringify(step)}`);
    }
  });
}
