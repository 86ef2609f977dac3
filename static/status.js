// @ts-check
// What the server says of itself: whether one can chat, with which model, and what is going on until then.

const PATH = "/v1/parley/status";
const PATIENCE_MS = 5000;
const SOON_MS = 1000;
const LATER_MS = 15_000;

/**
 * @typedef {{step: string, message: string, progress: number | null, done: boolean, failed?: boolean}} Step
 * @typedef {{state: string, message: string, progress: number | null}} WorkerStatus
 * @typedef {{ready: boolean, model: string, missing?: {part: string, message: string}[], workers: WorkerStatus[], startup: Step[]}} Status
 */

/**
 * Ask again and again, often until the server is ready; `tell` hears null when it does not answer.
 * @param {(status: Status | null) => void} tell
 */
export async function watchStatus(tell) {
  for (;;) {
    const status = await ask();
    tell(status);
    await new Promise((resolve) => setTimeout(resolve, status?.ready ? LATER_MS : SOON_MS));
  }
}

/** @returns {Promise<Status | null>} */
async function ask() {
  try {
    const answer = await fetch(PATH, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
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
