// @ts-check
// What one has chosen for talking with models: remembered by this browser, and sent with each question.
// No DOM: the room of settings shows it, and the chat reads it.

import { recall, remember } from "../core/memory.js";
import { signal } from "../core/signal.js";

/**
 * null: the model's own default. `model` empty: the installation's; `instructions` empty: none.
 * @typedef {object} Choices
 * @property {string} model
 * @property {string} instructions  what stands before every conversation
 * @property {number | null} temperature
 * @property {number | null} top_p
 * @property {number | null} max_output_tokens
 * @property {string | null} reasoning_effort
 * @property {number | null} seed
 * @property {string[]} stop  texts that end an answer
 * @property {boolean} sendWithEnter  otherwise Enter begins a line, and Ctrl+Enter sends
 */

/** @typedef {{least: number, most: number, step?: number}} Range `step` left out: whole numbers */

/** What the server takes; whole numbers only as far as JavaScript counts them exactly. */
export const LIMITS = {
  temperature: { least: 0, most: 2, step: 0.05 },
  top_p: { least: 0, most: 1, step: 0.01 },
  max_output_tokens: { least: 16, most: Number.MAX_SAFE_INTEGER },
  seed: { least: 0, most: Number.MAX_SAFE_INTEGER },
};
export const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh"];
export const MOST_STOPS = 16;
export const LONGEST_STOP = 256;

/** @type {Readonly<Choices>} */
const DEFAULTS = Object.freeze({
  model: "", instructions: "", temperature: null, top_p: null, max_output_tokens: null, reasoning_effort: null, seed: null,
  stop: [], sendWithEnter: true,
});

/** Words that one has written belong to who is signed in, and go with them; how a keyboard works is the browser's. */
const OWN = "of.choices";
const BROWSERS = "sendWithEnter";

/** @type {import("../core/signal.js").Signal<Choices>} */
export const choices = signal(tidied({ ...recall(OWN, {}), sendWithEnter: recall(BROWSERS, true) }));

/** @param {Partial<Choices>} changes what is no good is not taken over */
export function chooseTalking(changes) {
  choices.value = tidied({ ...choices.value, ...changes });
  const { sendWithEnter, ...own } = choices.value;
  remember(BROWSERS, sendWithEnter ? undefined : false);
  remember(OWN, own);
}

/** All as the installation and its models have it; how one sends stays. */
export const resetTalking = () => chooseTalking({ ...DEFAULTS, sendWithEnter: choices.value.sendWithEnter });

/** Whether anything of what is sent with questions was chosen. @param {Choices} chosen */
export const isChosen = (chosen) => Object.keys(requestFields(chosen)).length > 0;

/**
 * The fields of `response.create` that say so; what was not chosen is not among them.
 * @param {Choices} chosen
 * @param {string[] | null} [capabilities] of the model asked, where they are known: what it cannot do is not asked of it
 * @returns {Record<string, unknown>}
 */
export function requestFields(chosen, capabilities = null) {
  const { model, instructions, reasoning_effort: effort, stop, temperature, top_p, max_output_tokens, seed } = chosen;
  const reasons = !capabilities || capabilities.includes("reasoning");
  return Object.fromEntries(Object.entries({
    model: model || null,
    instructions: instructions.trim() ? instructions : null,
    temperature, top_p, max_output_tokens, seed,
    reasoning: effort && reasons ? { effort } : null,
    stop: stop.length ? stop : null,
  }).filter(([, value]) => value !== null));
}

/**
 * Whether a number is one that the server takes.
 * @param {keyof typeof LIMITS} name
 * @param {unknown} value
 * @returns {value is number}
 */
export function fits(name, value) {
  const { least, most, step } = /** @type {Range} */ (LIMITS[name]);
  return typeof value === "number" && value >= least && value <= most && (step !== undefined || Number.isInteger(value));
}

/**
 * What was remembered may be of another version, or written by hand.
 * @param {Record<string, any>} told
 * @returns {Choices}
 */
function tidied(told) {
  const text = (/** @type {string} */ name) => (typeof told[name] === "string" ? told[name] : "");
  const figure = (/** @type {keyof typeof LIMITS} */ name) => (fits(name, told[name]) ? told[name] : null);
  const stops = Array.isArray(told.stop) ? told.stop : [];
  return {
    model: text("model").slice(0, 256),
    instructions: text("instructions"),
    temperature: figure("temperature"),
    top_p: figure("top_p"),
    max_output_tokens: figure("max_output_tokens"),
    reasoning_effort: EFFORTS.includes(told.reasoning_effort) ? told.reasoning_effort : null,
    seed: figure("seed"),
    stop: stops.filter((one) => typeof one === "string" && one && one.length <= LONGEST_STOP).slice(0, MOST_STOPS),
    sendWithEnter: told.sendWithEnter !== false,
  };
}
