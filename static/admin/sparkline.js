// @ts-check
// A small picture of the last figures; it says nothing that is not said beside it in numbers.

import { svg } from "../core/dom.js";

const WIDE = 120;
const HIGH = 24;

/** @param {(number | null)[]} values the last at the end */
export function sparkline(values) {
  const most = Math.max(1, ...values.map((value) => value ?? 0));
  const step = WIDE / Math.max(1, values.length - 1);
  const points = values.map((value, i) => [i * step, HIGH - 1.5 - ((value ?? 0) / most) * (HIGH - 3)]);
  const line = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  return svg`<svg class="sparkline" viewBox="0 0 ${WIDE} ${HIGH}" preserveAspectRatio="none" aria-hidden="true">
    <polyline points=${line}/></svg>`;
}
