// @ts-check
// The installation as it is now: who makes tokens, who waits, who is connected, and what it stands on.

import { http } from "../core/http.js";
import { signal } from "../core/signal.js";
import { Reading } from "./reading.js";

const EVERY_MS = 2000;
/** How many of its last figures are kept for a small picture of them: two minutes. */
const TRAIL = 60;

/**
 * What is not known is null.
 * @typedef {{sockets: number | null, streams: number | null, users: number | null, delivered_tokens_per_s: number | null, running: number | null, waiting: number | null, capacity: number | null, tokens_per_s: number | null}} Totals
 * @typedef {{id: string, state: "ready" | "draining" | null, started_at: number | null, sockets: number | null, streams: number | null, users: number | null, delivered_tokens_per_s: number | null}} Gateway
 * @typedef {{id: string, model: string, state: "loading" | "ready" | "draining", message: string, progress: number | null, started_at: number, running: number, waiting: number, capacity: number | null, tokens_per_s: number, kv_usage: number | null, context_tokens: number | null, attempts: number, taken_over: number}} Worker
 * @typedef {{model: string, waiting: number, handed_over: number, oldest_wait_s: number | null}} Queue
 * @typedef {{up: boolean, message: string, version: string | null, memory_bytes: number | null, connections: number | null}} Redis
 * @typedef {{up: boolean, kind: "sqlite" | "postgresql", unsaved: number | null}} Database
 * @typedef {{at: number, gateway_id: string, totals: Totals, gateways: Gateway[], workers: Worker[] | null, queues: Queue[] | null, redis: Redis, database: Database}} Picture
 */

export class Live {
  /** Tokens made per second, the last at the end; null where that was not known. @type {import("../core/signal.js").Signal<(number | null)[]>} */
  trail = signal([]);

  constructor() {
    /** @type {Reading<Picture>} */
    this.reading = new Reading(async (stopped) => {
      const picture = await http.get("/v1/admin/live", {}, stopped);
      this.trail.value = [...this.trail.value, picture.totals.tokens_per_s].slice(-TRAIL);
      return picture;
    }, EVERY_MS);
  }
}

/**
 * The models that anybody runs or waits for, by name, each with its workers and its queue.
 * @param {Picture} picture
 * @returns {{model: string, workers: Worker[], queue: Queue | undefined}[]}
 */
export function modelsOf({ workers, queues }) {
  const names = new Set([...(workers ?? []), ...(queues ?? [])].map(({ model }) => model));
  return [...names].sort().map((model) => ({
    model,
    workers: (workers ?? []).filter((worker) => worker.model === model),
    queue: queues?.find((queue) => queue.model === model),
  }));
}
