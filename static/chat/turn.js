// @ts-check
// One question and its answer: a node of a conversation's tree.

import { signal } from "../core/signal.js";
import { Answer } from "./answer.js";

/**
 * What is asked: words, and pictures as data URLs.
 * @typedef {{text: string, images: string[]}} Question
 * @typedef {{callId: string, text: string}} Result
 * @typedef {{[field: string]: any}} Told
 */

let last = 0;

export class Turn {
  /** For who shows it: it has no id before the server knows it. */
  key = `turn-${++last}`;
  id = signal("");
  answer = new Answer();
  /** The ids of all turns that follow the same turn, this one among them, oldest first. @type {import("../core/signal.js").Signal<string[]>} */
  siblings = signal([]);
  /** Who said what, by the ids of its items, as far as the server has told. @type {Map<string, string>} */
  roles = new Map();
  /** Sent again with the same key and fields, it is the same question. */
  idempotencyKey = newKey();
  /** What it is asked with, once that is settled. @type {Record<string, unknown> | null} */
  fields = null;
  /** Whether its question is being changed. */
  editing = signal(false);
  /** What was shown before it was asked in its place. @type {Turn[]} */
  replaced = [];
  /** Taken back before the server had it. */
  withdrawn = false;
  /** What tools have given, where it answers calls. @type {Result[]} */
  results = [];
  /** While its answer is being read. @type {import("../client/index.js").Stream | null} */
  stream = null;

  /**
   * @param {Question} question
   * @param {string | null} parentId the turn that it follows
   */
  constructor(question, parentId) {
    this.question = question;
    this.parentId = parentId;
  }

  /** As the server tells it. @param {Told} told */
  static of(told) {
    const turn = new Turn(questionOf(told.items), told.parent_id);
    turn.results = told.items.filter((/** @type {Told} */ item) => item.type === "function_call_output").map(resultOf);
    turn.answer.tell(told.items, told.status);
    turn.answer.responseId.value = told.response_id ?? "";
    turn.answer.model.value = told.model ?? "";
    turn.hear(told);
    return turn;
  }

  /** End its answer: with what was made until then, or before anything was asked. */
  stop() {
    this.answer.stopping.value = true;
    if (this.stream) this.stream.stop();
    else this.withdrawn = !this.id.value;
  }

  /** What the server says of it now: of an answer that has ended here it knows no better. @param {Told} told */
  hear(told) {
    this.id.value = told.id;
    this.siblings.value = told.siblings;
    this.roles = new Map(told.items.map((/** @type {Told} */ item) => [item.id, item.role ?? ""]));
  }
}

/** @param {Told[]} items @returns {Question} */
function questionOf(items) {
  const said = items.filter((item) => item.type === "message" && item.role === "user");
  const parts = said.flatMap(({ content }) => (typeof content === "string" ? [{ type: "input_text", text: content }] : content));
  return {
    text: parts.filter((part) => part.type.endsWith("text")).map((part) => part.text).join("\n\n"),
    images: parts.filter((part) => part.type === "input_image").map((part) => part.image_url),
  };
}

/** @param {Told} item @returns {Result} */
function resultOf({ call_id: callId, output }) {
  const parts = typeof output === "string" ? [{ text: output }] : output;
  return { callId, text: parts.map((/** @type {Told} */ part) => part.text ?? "").filter(Boolean).join("\n\n") };
}

/**
 * As items of a request.
 * @param {Question} question
 */
export function inputOf({ text, images }) {
  const pictures = images.map((image_url) => ({ type: "input_image", image_url }));
  return [{ type: "message", role: "user", content: [...pictures, ...(text ? [{ type: "input_text", text }] : [])] }];
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID is for secure contexts only
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
