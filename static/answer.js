// @ts-check
// One answer as its events tell it. A pure state: no socket, no page.

/** @import { ServerEvent } from "./connection.js" */

/**
 * `sending` until the server has it, `waiting` for a worker, `working` until the first token, then `writing`;
 * in the end one of the last four, `cut` being an answer that reached the limit on its length.
 * @typedef {"sending" | "waiting" | "working" | "writing" | "done" | "stopped" | "cut" | "failed"} Phase
 *
 * @typedef {{code: string, message: string}} Problem
 *
 * What is kept over a reload.
 * @typedef {{id: string, text: string, reasoning: string, phase: Phase, tokens: number | null, problem: Problem | null}} SavedAnswer
 */

/** @type {Phase[]} */
const ENDED = ["done", "stopped", "cut", "failed"];

export class Answer {
  /** @param {Partial<SavedAnswer>} [saved] */
  constructor(saved = {}) {
    this.id = saved.id ?? "";
    this.text = saved.text ?? "";
    this.reasoning = saved.reasoning ?? "";
    /** @type {Phase} */
    this.phase = saved.phase ?? "sending";
    this.tokens = saved.tokens ?? null; // how many were made, once that is known
    this.problem = saved.problem ?? null;
    this.number = -1; // the last event that is in here
    this.stopping = false; // somebody pressed stop
    if (!this.ended) this.rewind();
  }

  get ended() {
    return ENDED.includes(this.phase);
  }

  /** Whether a conversation can go on from here. */
  get usable() {
    return this.ended && this.phase !== "failed";
  }

  /** Forget what has come, to read it all again. */
  rewind() {
    this.text = this.reasoning = "";
    this.number = -1;
  }

  /** @param {Problem} problem */
  fail(problem) {
    this.phase = "failed";
    this.problem = problem;
  }

  /**
   * Take an event in; false for one that was known already, or belongs to another answer.
   * @param {ServerEvent} event
   */
  receive(event) {
    const number = event.sequence_number ?? this.number + 1;
    if (this.ended || number <= this.number) return false;
    if (this.id ? event.response && event.response.id !== this.id : event.type !== "response.created") return false;
    this.number = number;
    this.take(event);
    return true;
  }

  /** @param {ServerEvent} event */
  take(event) {
    switch (event.type) {
      case "response.created":
        this.id = event.response.id;
        this.phase = "waiting";
        break;
      case "response.queued":
        this.phase = "waiting";
        break;
      case "response.in_progress":
        this.phase = this.text ? "writing" : "working";
        break;
      case "response.output_text.delta":
      case "response.refusal.delta":
        this.phase = "writing";
        this.text += event.delta;
        break;
      case "response.reasoning.delta":
        this.reasoning += event.delta;
        break;
      case "response.completed":
        this.end("done", event.response);
        break;
      case "response.incomplete":
        this.end(event.response.incomplete_details?.reason === "cancelled" ? "stopped" : "cut", event.response);
        break;
      case "response.failed":
        this.end("failed", event.response);
        this.problem = event.response.error ?? { code: "", message: "The answer failed, and the server did not say why." };
        break;
    }
  }

  /**
   * @param {Phase} phase
   * @param {any} response
   */
  end(phase, response) {
    this.phase = phase;
    this.tokens = response.usage?.output_tokens ?? null;
  }

  /** @returns {SavedAnswer} */
  toJSON() {
    const { id, text, reasoning, phase, tokens, problem } = this;
    return { id, text, reasoning, phase, tokens, problem };
  }
}
