// @ts-check
// The last hour in steps: asked for whole once, and then only for what is new. What was not known is null, never 0.

import { http } from "../core/http.js";
import { computed } from "../core/signal.js";
import { Reading } from "./reading.js";

const STEP_S = 10;
const EVERY_MS = 5000;
const KEEP_S = 3600;

/**
 * @typedef {(number | null)[]} Values
 * @typedef {{at: number[], series: Record<string, Values>}} Track
 * @typedef {import("./plot.js").Plot} Plot
 */

export class History {
  constructor() {
    /** @type {Reading<Track>} */
    this.reading = new Reading(async (stopped) => {
      const kept = this.reading.value.value;
      const told = await http.get("/v1/admin/history", { step_s: STEP_S, since: kept?.at.at(-1) }, stopped);
      return joined(kept, trackOf(told));
    }, EVERY_MS);
    this.plots = computed(() => (this.reading.value.value ? plotsOf(this.reading.value.value) : []));
  }
}

/**
 * All series beside each other, by names such as `errors.invalid_value`.
 * @param {any} told
 * @returns {Track}
 */
function trackOf(told) {
  /** @type {Record<string, Values>} */
  const series = {};
  for (const [name, value] of Object.entries(told)) {
    if (name === "at") continue;
    if (Array.isArray(value)) series[name] = value;
    else if (value && typeof value === "object") {
      for (const [part, values] of Object.entries(value)) series[`${name}.${part}`] = values;
    }
  }
  return { at: told.at, series };
}

/**
 * The hour that ends where `more` does. What one of them does not name has not happened in its steps.
 * @param {Track | null} kept
 * @param {Track} more
 * @returns {Track}
 */
function joined(kept, more) {
  if (!kept?.at.length) return more;
  if (!more.at.length) return kept;
  const fresh = more.at.findIndex((time) => time > /** @type {number} */ (kept.at.at(-1)));
  if (fresh < 0) return kept;
  const all = [...kept.at, ...more.at.slice(fresh)];
  const first = all.findIndex((time) => time > /** @type {number} */ (all.at(-1)) - KEEP_S);
  const names = new Set([...Object.keys(kept.series), ...Object.keys(more.series)]);
  const series = Object.fromEntries([...names].map((name) => (
    [name, [...valuesOf(kept, name), ...valuesOf(more, name).slice(fresh)].slice(first)])));
  return { at: all.slice(first), series };
}

/**
 * A count of what never happened is 0 wherever anything was counted at all.
 * @param {Track} track
 * @param {string} name
 */
function valuesOf({ at, series }, name) {
  const counted = series["time_to_first_token_s.count"] ?? [];
  return series[name] ?? at.map((_, i) => ((counted[i] ?? null) === null ? null : 0));
}

/**
 * @param {Track} track
 * @returns {Plot[]}
 */
function plotsOf(track) {
  const times = track.at;
  const to = times.at(-1) ?? 0;
  /** @param {Plot["key"]} key @param {[string, Values][]} lines @param {boolean} [whole] @returns {Plot} */
  const plot = (key, lines, whole = false) => (
    { key, times, from: to - KEEP_S, to, whole, lines: lines.map(([name, values]) => ({ name, values })) });
  const of = (/** @type {string} */ name) => valuesOf(track, name);
  return [
    plot("rate", [["made", of("tokens_per_s")], ["delivered", of("delivered_tokens_per_s")]]),
    plot("load", [["running", of("running")], ["waiting", of("waiting")]], true),
    plot("firstToken", [["p50", of("time_to_first_token_s.p50")], ["p95", of("time_to_first_token_s.p95")]]),
    plot("perToken", [["p50", of("time_per_output_token_s.p50")], ["p95", of("time_per_output_token_s.p95")]]),
    plot("errors", [["told", sum(track, "errors.")], ["failed", sum(track, "failures.")]], true),
    plot("sockets", [["open", of("sockets")]], true),
  ];
}

/**
 * @param {Track} track
 * @param {string} start of the names of what is summed up
 * @returns {Values}
 */
function sum(track, start) {
  const parts = Object.entries(track.series).filter(([name]) => name.startsWith(start)).map(([, values]) => values);
  return valuesOf(track, "none").map((none, i) => (
    none === null ? null : parts.reduce((total, values) => total + (values[i] ?? 0), 0)));
}
