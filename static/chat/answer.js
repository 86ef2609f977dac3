// @ts-check
// One answer as its events tell it, or as the server kept it. A pure state: no socket, no page.

import { batch, computed, signal } from "../core/signal.js";
import { Piece } from "./piece.js";

/** @import { PieceKind } from "./piece.js" */

/**
 * `sending` until the server has it, `queued` for a worker, `starting` until the first word, then `writing`; in the end one of
 * the last five, `cut` being an answer that reached the limit on its length, and `partial` one of which only is known that it
 * is not whole. `held`: the model is not ready; it is sent when it is.
 * @typedef {"held" | "sending" | "queued" | "starting" | "writing" | "done" | "partial" | "stopped" | "cut" | "failed"} Phase
 *
 * @typedef {{code: string, message: string}} Problem
 * @typedef {{position: number, waiting: number, estimated_s: number | null}} Place
 * @typedef {{[field: string]: any}} Event
 */

/** @type {Phase[]} */
const ENDED = ["done", "partial", "stopped", "cut", "failed"];
/** Of a turn that has ended. @type {Record<string, Phase>} */
const PHASES = { completed: "done", incomplete: "partial", failed: "failed" };
/** @type {Record<string, PieceKind>} */
const KINDS = { output_text: "text", text: "text", reasoning_text: "reasoning", summary_text: "reasoning", refusal: "refusal" };

export class Answer {
  /** @type {import("../core/signal.js").Signal<Phase>} */
  phase = signal("sending");
  /** @type {import("../core/signal.js").Signal<Piece[]>} */
  pieces = signal([]);
  /** In the queue. @type {import("../core/signal.js").Signal<Place | null>} */
  place = signal(null);
  /** What became of the worker that wrote it. @type {import("../core/signal.js").Signal<"" | "lost" | "resumed">} */
  takeover = signal("");
  /** @type {import("../core/signal.js").Signal<Problem | null>} */
  problem = signal(null);
  /** How many tokens it has, once that is known. @type {import("../core/signal.js").Signal<number | null>} */
  tokens = signal(null);
  /** From being asked to the first word, and to the end. @type {import("../core/signal.js").Signal<number | null>} */
  firstS = signal(null);
  /** @type {import("../core/signal.js").Signal<number | null>} */
  tookS = signal(null);
  stopping = signal(false);
  responseId = signal("");
  model = signal("");
  running = computed(() => !ENDED.includes(this.phase.value));
  /** Of the last event that is in here. */
  number = -1;
  /** @type {Map<string, Piece>} */
  #byPlace = new Map();
  /** null: it was asked elsewhere, so nobody here knows how long it takes. @type {number | null} */
  #askedAt = performance.now();
  #begun = false;

  /** All that was said to the reader, as Markdown. */
  get text() {
    return this.pieces.value.filter(({ kind }) => kind === "text" || kind === "refusal").map(({ text }) => text).join("\n\n");
  }

  /**
   * As a turn of a conversation has it.
   * @param {Event[]} items
   * @param {string} status
   */
  tell(items, status) {
    this.#askedAt = null;
    batch(() => {
      this.pieces.value = items.flatMap(piecesOf);
      this.phase.value = PHASES[status] ?? "starting";
    });
  }

  /** Take an event in. @param {Event} event */
  take(event) {
    if (event.type === "parley:restarted") this.#forget();
    if (!this.running.value) return;
    if (Number.isInteger(event.sequence_number)) this.number = event.sequence_number;
    if (typeof event.delta === "string") this.#grow(event);
    else batch(() => this.#turn(event));
  }

  /** @param {Problem} problem */
  fail(problem) {
    if (this.running.value) this.#end("failed", { error: problem });
  }

  /**
   * What the server says of it when it has ended.
   * @param {Event} response
   */
  learn(response) {
    batch(() => {
      if (this.phase.value === "partial") this.phase.value = isCut(response) ? "cut" : "stopped";
      if (response.error) this.problem.value = response.error;
      this.#note(response);
      if (this.tookS.value === null && response.completed_at) this.tookS.value = Math.max(0, response.completed_at - response.created_at);
    });
  }

  #forget() {
    this.number = -1;
    batch(() => {
      this.#byPlace.clear();
      this.pieces.value = [];
      this.phase.value = "starting";
    });
  }

  /** @param {Event} event */
  #grow(event) {
    const piece = this.#piece(event, kindOf(event.type));
    if (this.phase.peek() !== "writing") this.#write();
    piece.add(event.delta);
  }

  #write() {
    batch(() => {
      this.phase.value = "writing";
      this.place.value = null;
      if (this.takeover.value === "lost") this.takeover.value = "resumed";
      if (!this.#begun) this.firstS.value = this.#sinceAsked();
      this.#begun = true;
    });
  }

  /** @param {Event} event */
  #turn(event) {
    switch (event.type) {
      case "response.created":
      case "response.queued":
        this.responseId.value = event.response.id;
        this.model.value = event.response.model ?? "";
        this.phase.value = "queued";
        break;
      case "response.in_progress":
        this.place.value = null;
        if (this.phase.value !== "writing") this.phase.value = "starting";
        break;
      case "parley:queue":
        this.place.value = { position: event.position, waiting: event.waiting, estimated_s: event.estimated_s ?? null };
        break;
      case "parley:interrupted":
        this.takeover.value = "lost";
        break;
      case "parley:response.continued":
        this.place.value = null;
        this.takeover.value = "resumed";
        break;
      case "response.output_item.added":
        if (event.item.type === "function_call") this.#call(event);
        break;
      case "response.content_part.added":
        this.#piece(event, KINDS[event.part.type] ?? "text");
        break;
      case "response.content_part.done":
      case "response.function_call_arguments.done":
        this.#complete(event);
        break;
      case "response.completed":
        this.#end("done", event.response);
        break;
      case "response.incomplete":
        this.#end(isCut(event.response) ? "cut" : "stopped", event.response);
        break;
      case "response.failed":
        this.#end("failed", event.response);
        break;
    }
  }

  /**
   * The piece that an event is about.
   * @param {Event} event
   * @param {PieceKind} kind
   * @param {{name?: string, callId?: string}} [of]
   */
  #piece(event, kind, of) {
    const place = `${event.output_index}.${event.content_index ?? 0}`;
    const known = this.#byPlace.get(place);
    if (known) return known;
    const piece = new Piece(kind, of);
    this.#byPlace.set(place, piece);
    this.pieces.value = [...this.pieces.value, piece];
    return piece;
  }

  /** @param {Event} event */
  #call(event) {
    const { name, call_id: callId } = event.item;
    this.#piece(event, "call", { name, callId });
  }

  /** @param {Event} event */
  #complete(event) {
    const piece = this.#piece(event, event.part ? (KINDS[event.part.type] ?? "text") : "call");
    const whole = event.part ? (event.part.text ?? event.part.refusal ?? "") : event.arguments;
    if (whole.length > piece.text.length) piece.add(whole.slice(piece.text.length));
    piece.end();
  }

  /**
   * @param {Phase} phase
   * @param {Event} response
   */
  #end(phase, response) {
    batch(() => {
      this.phase.value = phase;
      this.place.value = null;
      this.problem.value = phase === "failed" ? (response.error ?? { code: "", message: "" }) : null;
      this.tookS.value = this.#sinceAsked();
      for (const piece of this.pieces.value) piece.end();
      this.#note(response);
    });
  }

  #sinceAsked() {
    return this.#askedAt === null ? null : (performance.now() - this.#askedAt) / 1000;
  }

  /** @param {Event} response */
  #note(response) {
    this.tokens.value = response.usage?.output_tokens ?? this.tokens.value;
    if (response.model) this.model.value = response.model;
    if (response.id) this.responseId.value = response.id;
  }

  /** Tokens a second while it was written. */
  get pace() {
    const [tokens, took, first] = [this.tokens.value, this.tookS.value, this.firstS.value ?? 0];
    return tokens !== null && took !== null && took - first > 0 ? tokens / (took - first) : null;
  }
}

/** @param {string} type of a delta @returns {PieceKind} */
function kindOf(type) {
  if (type.startsWith("response.reasoning")) return "reasoning";
  if (type.startsWith("response.function_call")) return "call";
  return type.startsWith("response.refusal") ? "refusal" : "text";
}

/** @param {Event} item @returns {Piece[]} */
function piecesOf(item) {
  if (item.type === "function_call") return [new Piece("call", { name: item.name, callId: item.call_id, text: item.arguments, ended: true })];
  if (item.type !== "reasoning" && (item.type !== "message" || item.role !== "assistant")) return [];
  const parts = typeof item.content === "string" ? [{ type: "output_text", text: item.content }] : [...(item.summary ?? []), ...(item.content ?? [])];
  return parts.filter((part) => part.type in KINDS).map((part) => (
    new Piece(KINDS[part.type], { text: part.text ?? part.refusal ?? "", ended: true })));
}

/** @param {Event} response */
const isCut = (response) => (response.incomplete_details?.reason ?? "cancelled") !== "cancelled";
