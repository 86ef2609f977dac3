// @ts-check
// The geometry of a line plot over time: where lines, ticks and samples lie. Knows neither the page nor what is drawn.

/**
 * `values` are one for each time; null: there was nothing to measure.
 * @typedef {{name: string, values: (number | null)[]}} Line
 * @typedef {{key: "rate" | "load" | "firstToken" | "perToken" | "errors" | "sockets", times: number[], from: number, to: number, lines: Line[], whole: boolean}} Plot `whole`: of things that are counted
 * @typedef {{path: string, dots: {x: number, y: number}[]}} Drawn
 * @typedef {{width: number, lines: Drawn[], across: {y: number, value: number}[], along: {x: number, time: number}[], xs: number[], y: (value: number) => number}} Shape
 */

export const HEIGHT = 168;
export const EDGE = { top: 10, right: 12, bottom: 24, left: 52 };
const INTERVALS = 4;
const TICK_EVERY_S = 600;
const LABEL_WIDTH = 64;

/**
 * @param {Plot} plot
 * @param {number} width
 * @returns {Shape}
 */
export function shapeOf(plot, width) {
  const across = ticks(Math.max(0, ...plot.lines.flatMap(({ values }) => values.map((value) => value ?? 0))), plot.whole);
  const top = across[across.length - 1];
  const x = scale(plot.from, plot.to, EDGE.left, width - EDGE.right);
  const y = scale(0, top, HEIGHT - EDGE.bottom, EDGE.top);
  const xs = plot.times.map(x);
  return {
    width, xs, y,
    lines: plot.lines.map(({ values }) => drawn(values.map((value, i) => (value === null ? null : { x: xs[i], y: y(value) })))),
    across: across.map((value) => ({ y: y(value), value })),
    along: timeTicks(plot.from, plot.to, width).map((time) => ({ x: x(time), time })),
  };
}

/**
 * Round numbers from 0 to the first that is not below `most`.
 * @param {number} most
 * @param {boolean} whole
 */
export function ticks(most, whole) {
  if (!most) return whole ? [0, 1] : [0];
  const raw = most / INTERVALS;
  const power = 10 ** Math.floor(Math.log10(raw));
  const nice = /** @type {number} */ ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw * 0.999)) * power;
  const step = whole ? Math.max(1, Math.ceil(nice)) : nice;
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, i) => i * step);
}

/**
 * Round times that there is room for.
 * @param {number} from
 * @param {number} to
 * @param {number} width
 */
function timeTicks(from, to, width) {
  const room = Math.max(1, Math.floor((width - EDGE.left - EDGE.right) / LABEL_WIDTH));
  const every = TICK_EVERY_S * Math.max(1, Math.ceil((to - from) / TICK_EVERY_S / room));
  const first = Math.ceil(from / every) * every;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / every) + 1) }, (_, i) => first + i * every);
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} start
 * @param {number} end
 * @returns {(value: number) => number}
 */
const scale = (from, to, start, end) => (value) => (to === from ? start : start + ((value - from) / (to - from)) * (end - start));

/**
 * A line with gaps, and a dot for what stands alone between two of them.
 * @param {({x: number, y: number} | null)[]} points
 * @returns {Drawn}
 */
function drawn(points) {
  let path = "";
  const dots = [];
  for (let i = 0; i < points.length; i++) {
    const point = points[i];
    if (!point) continue;
    const before = points[i - 1];
    if (!before && !points[i + 1]) dots.push(point);
    else path += `${before ? "L" : "M"}${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
  }
  return { path, dots };
}

/**
 * The sample that lies nearest; -1 where there is none.
 * @param {number[]} xs growing
 * @param {number} x
 */
export function nearest(xs, x) {
  let best = -1;
  for (let i = 0; i < xs.length; i++) if (best < 0 || Math.abs(xs[i] - x) < Math.abs(xs[best] - x)) best = i;
  return best;
}
