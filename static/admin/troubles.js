// @ts-check
// What is wrong with the installation, the worst first, and what merely goes on in it.

import { modelsOf } from "./live.js";

/** @import { Picture, Worker } from "./live.js" */
/**
 * `problem`: people cannot be answered, or something may be lost; `warning`: it goes slowly; `news`: nothing is to be done.
 * @typedef {{weight: "problem" | "warning" | "news", what: What, about: string, count: number, said: string}} Trouble
 * @typedef {"redisAway" | "databaseAway" | "noWorker" | "noWorkerFor" | "longWait" | "cacheFull" | "unsaved" | "workerLoading" | "workerDraining" | "gatewayDraining"} What
 */

const LONG_WAIT_S = 10;
const FULL = 0.97;
const MANY_UNSAVED = 200;
const WEIGHTS = ["problem", "warning", "news"];

/**
 * @param {Picture} picture
 * @returns {Trouble[]}
 */
export function troublesOf(picture) {
  const found = [...ofStores(picture), ...ofModels(picture), ...(picture.workers ?? []).flatMap(ofWorker), ...ofGateways(picture)];
  return found.sort((one, other) => WEIGHTS.indexOf(one.weight) - WEIGHTS.indexOf(other.weight));
}

/** @param {Picture} picture */
function* ofStores({ redis, database }) {
  if (!redis.up) yield trouble("problem", "redisAway", { said: redis.message });
  if (!database.up) yield trouble("problem", "databaseAway", { count: database.unsaved ?? 0 });
  else if ((database.unsaved ?? 0) >= MANY_UNSAVED) yield trouble("warning", "unsaved", { count: database.unsaved ?? 0 });
}

/** @param {Picture} picture */
function* ofModels(picture) {
  if (picture.workers?.length === 0) yield trouble("problem", "noWorker", { count: picture.totals.waiting ?? 0 });
  for (const { model, workers, queue } of modelsOf(picture)) {
    const waiting = queue?.waiting ?? 0;
    if (picture.workers?.length && waiting && !workers.some(({ state }) => state === "ready")) {
      yield trouble("problem", "noWorkerFor", { about: model, count: waiting });
    } else if ((queue?.oldest_wait_s ?? 0) > LONG_WAIT_S) {
      yield trouble("warning", "longWait", { about: model, count: queue?.oldest_wait_s ?? 0 });
    }
  }
}

/** @param {Worker} worker */
function ofWorker({ id, state, message, progress, kv_usage: usage }) {
  const found = [];
  if (state === "loading") found.push(trouble("news", "workerLoading", { about: id, said: message, count: progress ?? 0 }));
  if (state === "draining") found.push(trouble("news", "workerDraining", { about: id }));
  if (usage !== null && usage >= FULL) found.push(trouble("warning", "cacheFull", { about: id, count: usage }));
  return found;
}

/** @param {Picture} picture */
function* ofGateways({ gateways }) {
  for (const { id, state } of gateways) if (state === "draining") yield trouble("news", "gatewayDraining", { about: id });
}

/**
 * @param {Trouble["weight"]} weight
 * @param {What} what
 * @param {{about?: string, count?: number, said?: string}} more
 * @returns {Trouble}
 */
const trouble = (weight, what, { about = "", count = 0, said = "" }) => ({ weight, what, about, count, said });
