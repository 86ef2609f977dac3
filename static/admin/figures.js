// @ts-check
// Numbers as people read them: times of the day, ages, spans, sizes.

import { language, number, words } from "../core/words.js";
import { signal } from "../core/signal.js";

/** Ticks each second while an administrator looks, in ms of `Date.now()`. */
export const now = signal(Date.now());

/** @param {number} unixS @param {"short" | "medium"} [exact] */
export const timeOfDay = (unixS, exact = "medium") => (
  new Intl.DateTimeFormat(language.value, { timeStyle: exact }).format(unixS * 1000));

/** In whole seconds, or larger. @param {number} atMs of `Date.now()` */
export const ageOf = (atMs) => span(Math.max(1, Math.round((now.value - atMs) / 1000)));

/**
 * A span of time in its two largest units at most: "120 ms", "1.4 s", "3 min 20 s", "2 d 4 h".
 * @param {number} seconds
 */
export function span(seconds) {
  const { ms, s, min, h, d } = words().admin.units;
  if (seconds < 1) return `${number(Math.round(seconds * 1000))} ${ms}`;
  if (seconds < 10) return `${number(seconds, { maximumFractionDigits: 1 })} ${s}`;
  const whole = Math.round(seconds);
  /** @type {[number, string][]} */
  const units = [[86_400, d], [3600, h], [60, min], [1, s]];
  const first = units.findIndex(([size]) => whole >= size);
  const parts = units.slice(first, first + 2).map(([size, name], i) => (
    [i ? Math.floor(whole % units[first][0] / size) : Math.floor(whole / size), name]));
  return parts.filter(([value]) => value).map(([value, name]) => `${number(Number(value))} ${name}`).join(" ");
}

/** @param {number} count of bytes */
export function size(count) {
  const units = words().admin.units.bytes;
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(count) / 10));
  return `${number(count / 1024 ** power, { maximumSignificantDigits: 3 })} ${units[power]}`;
}

/** A figure that may be large or small, with as many digits as one wants to read. @param {number} value */
export const figure = (value) => number(value, { maximumFractionDigits: value < 10 ? 1 : 0 });
