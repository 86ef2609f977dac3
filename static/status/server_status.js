// @ts-check
// What the server says of itself: whether one can chat, with which models, and what is going on until then.

import { http } from "../core/http.js";
import { signal } from "../core/signal.js";

const PATIENCE_MS = 5000;
const SOON_MS = 1000;
const LATER_MS = 15_000;

/**
 * @typedef {{step: string, message: string, progress: number | null, done: boolean, failed?: boolean}} Step
 * @typedef {{state: string, message: string, progress: number | null}} WorkerStatus
 * @typedef {{ready: boolean, model: string, missing?: {part: string, message: string}[], workers: WorkerStatus[], startup: Step[]}} Status
 * @typedef {{id: string, object: string, [field: string]: any}} Model
 */

export class ServerStatus {
  /** null: the server does not answer; undefined: it was not asked yet. @type {import("../core/signal.js").Signal<Status | null | undefined>} */
  status = signal(undefined);
  /** @type {import("../core/signal.js").Signal<Model[]>} */
  models = signal([]);

  /** Ask again and again, often until the server is ready. */
  start() {
    void this.#watch();
  }

  /** Ask now, too. */
  look() {
    return this.#ask();
  }

  async #watch() {
    for (;;) {
      await this.#ask();
      await new Promise((resolve) => setTimeout(resolve, this.status.value?.ready ? LATER_MS : SOON_MS));
    }
  }

  async #ask() {
    try {
      const status = await http.get("/v1/parley/status", {}, AbortSignal.timeout(PATIENCE_MS));
      if (status.ready) this.models.value = (await http.get("/v1/models")).data;
      this.status.value = status;
    } catch {
      this.status.value = null;
    }
  }
}

/**
 * The steps to show to somebody who waits: the launcher's, then those of workers that load, else what is missing.
 * @param {Status} status
 * @returns {Step[]}
 */
export function stepsOf(status) {
  const loading = status.workers.filter((worker) => worker.state === "loading").map((worker) => (
    { step: "Model", message: worker.message, progress: worker.progress, done: false }));
  const steps = [...status.startup, ...loading];
  if (steps.some((step) => !step.done)) return steps;
  const missing = (status.missing ?? []).map(({ part, message }) => (
    { step: part[0].toUpperCase() + part.slice(1), message, progress: null, done: false }));
  return [...steps, ...missing];
}
