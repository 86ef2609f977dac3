// @ts-check
// A line plot with axes. A pointer or the arrow keys move a cursor that all plots share, and its figures are read out.
// All numbers are in a table behind a fold, too.

import { html, nothing, ref, svg } from "../core/dom.js";
import { computed, signal } from "../core/signal.js";
import { number, words } from "../core/words.js";
import { figure, span, timeOfDay } from "./figures.js";
import { EDGE, HEIGHT, nearest, shapeOf } from "./plot.js";

/** @import { Plot, Shape } from "./plot.js" */

const LEAP = 30; // samples that Page Up and Page Down go

/** The same for all: they stand in one grid. In pixels; 0 while that is not known. */
const width = signal(0);
/** Which sample is looked at; null: none. @type {import("../core/signal.js").Signal<number | null>} */
const cursor = signal(/** @type {number | null} */ (null));
/** Plots whose table is unfolded. */
const unfolded = signal(/** @type {string[]} */ ([]));

const observer = new ResizeObserver((entries) => { width.value = Math.floor(entries[0].contentRect.width); });
/** @type {Element | undefined} */
let measured;

/** @param {Element | undefined} element */
function measure(element) {
  if (measured) observer.unobserve(measured);
  measured = element;
  if (element) observer.observe(element);
}

/** One geometry for each set of plots and width, however often the cursor moves. @param {import("../core/signal.js").ReadonlySignal<Plot[]>} plots */
export const shapesOf = (plots) => computed(() => (width.value ? plots.value.map((plot) => shapeOf(plot, width.value)) : []));

/**
 * @param {Plot[]} plots
 * @param {Shape[]} shapes
 */
export const plotsView = (plots, shapes) => html`
  <div class="admin-plots">${plots.map((plot, i) => plotView(plot, shapes[i], i === 0))}</div>`;

/**
 * @param {Plot} plot
 * @param {Shape | undefined} shape
 * @param {boolean} first
 */
function plotView(plot, shape, first) {
  const text = words().admin.performance.plots[plot.key];
  const at = cursor.value ?? lastKnown(plot);
  return html`
    <section class="card admin-plot" data-plot=${plot.key} aria-labelledby=${`plot-${plot.key}`}>
      <header><h3 id=${`plot-${plot.key}`}>${text.title}</h3>
        <p class="admin-legend" aria-hidden="true">${plot.lines.map((line, i) => html`
          <span data-line=${i}><span class="soft">${lineName(plot, line.name)}</span> <b>${shown(plot, line.values[at] ?? null)}</b></span>`)}</p></header>
      <div class="admin-plot-body" ${first ? ref(measure) : nothing} tabindex="0" role="slider" aria-label=${words().admin.performance.read(text.title)}
           aria-valuemin="0" aria-valuemax=${Math.max(0, plot.times.length - 1)} aria-valuenow=${Math.max(0, at)} aria-valuetext=${spoken(plot, at)}
           @pointermove=${(/** @type {PointerEvent} */ event) => point(event, shape)} @pointerdown=${(/** @type {PointerEvent} */ event) => point(event, shape)}
           @pointerleave=${rest} @blur=${rest} @keydown=${(/** @type {KeyboardEvent} */ event) => move(event, plot)}>
        ${shape ? drawing(plot, shape) : nothing}
        ${plot.lines.every(({ values }) => values.every((value) => value === null)) ? html`<p class="admin-nothing soft small">${words().admin.performance.nothing}</p>` : nothing}
      </div>
      ${numbers(plot)}
    </section>`;
}

/**
 * @param {Plot} plot
 * @param {Shape} shape
 */
function drawing(plot, shape) {
  const bottom = HEIGHT - EDGE.bottom;
  const x = cursor.value === null ? undefined : shape.xs[cursor.value];
  return svg`
    <svg width=${shape.width} height=${HEIGHT} aria-hidden="true">
      <g class="grid">${shape.across.map(({ y, value }) => svg`
        <line x1=${EDGE.left} x2=${shape.width - EDGE.right} y1=${y} y2=${y}/>
        <text x=${EDGE.left - 8} y=${y + 4} text-anchor="end">${shown(plot, value)}</text>`)}
      ${shape.along.map((tick) => svg`<text x=${tick.x} y=${HEIGHT - 6} text-anchor="middle">${timeOfDay(tick.time, "short")}</text>`)}</g>
      ${shape.lines.map((line, i) => svg`<g class="line" data-line=${i}><path d=${line.path}/>${line.dots.map((dot) => svg`<circle cx=${dot.x} cy=${dot.y} r="2"/>`)}</g>`)}
      ${x === undefined ? nothing : svg`<line class="cursor" x1=${x} x2=${x} y1=${EDGE.top} y2=${bottom}/>${plot.lines.map((line, i) => {
        const value = line.values[/** @type {number} */ (cursor.value)] ?? null;
        return value === null ? nothing : svg`<circle class="mark" data-line=${i} cx=${x} cy=${shape.y(value)} r="3.5"/>`;
      })}${cursorTime(plot, shape, x)}`}
    </svg>`;
}

/**
 * @param {Plot} plot
 * @param {Shape} shape
 * @param {number} x
 */
function cursorTime(plot, shape, x) {
  const middle = Math.min(Math.max(x, EDGE.left + 38), shape.width - 40);
  return svg`<g class="cursor-time"><rect x=${middle - 44} y=${HEIGHT - 20} width="88" height="19" rx="5"/>
    <text x=${middle} y=${HEIGHT - 6} text-anchor="middle">${timeOfDay(plot.times[/** @type {number} */ (cursor.value)])}</text></g>`;
}

/**
 * @param {PointerEvent} event
 * @param {Shape | undefined} shape
 */
function point(event, shape) {
  if (!shape?.xs.length) return;
  const { left } = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
  cursor.value = nearest(shape.xs, event.clientX - left);
}

/** @param {Event} event */
function rest(event) {
  if (event.type === "blur" || document.activeElement !== event.currentTarget) cursor.value = null;
}

/**
 * @param {KeyboardEvent} event
 * @param {Plot} plot
 */
function move(event, plot) {
  const end = plot.times.length - 1;
  const at = cursor.value ?? lastKnown(plot);
  /** @type {Record<string, number>} */
  const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, PageDown: at - LEAP, PageUp: at + LEAP, Home: 0, End: end };
  if (event.key === "Escape") cursor.value = null;
  else if (event.key in to && end >= 0) cursor.value = Math.min(end, Math.max(0, to[event.key]));
  else return;
  event.preventDefault();
}

/** @param {Plot} plot */
function lastKnown({ times, lines }) {
  for (let i = times.length - 1; i >= 0; i--) if (lines.some(({ values }) => values[i] !== null)) return i;
  return times.length - 1;
}

/**
 * @param {Plot} plot
 * @param {number} at
 */
function spoken(plot, at) {
  if (at < 0) return words().admin.performance.nothing;
  const figures = plot.lines.map(({ name, values }) => `${lineName(plot, name)} ${shown(plot, values[at] ?? null)}`);
  return `${timeOfDay(plot.times[at])}: ${figures.join(", ")}`;
}

/**
 * @param {Plot} plot
 * @param {string} name
 */
const lineName = (plot, name) => (/** @type {Record<string, string>} */ (words().admin.performance.plots[plot.key].lines))[name];

/**
 * @param {Plot} plot
 * @param {number | null} value
 */
function shown({ key }, value) {
  if (value === null) return words().admin.unknown;
  if (key === "firstToken" || key === "perToken") return span(value);
  return key === "rate" ? figure(value) : number(value, { maximumFractionDigits: 1 });
}

/** @param {Plot} plot */
function numbers(plot) {
  const text = words().admin.performance;
  const open = unfolded.value.includes(plot.key);
  return html`
    <details class="admin-numbers" ?open=${open} @toggle=${(/** @type {Event} */ event) => fold(plot.key, /** @type {HTMLDetailsElement} */ (event.target).open)}>
      <summary>${text.numbers}<span class="unseen">: ${text.plots[plot.key].title}</span></summary>
      ${open ? html`<div class="admin-numbers-room" tabindex="0" role="region" aria-label=${`${text.numbers}: ${text.plots[plot.key].title}`}>
        <table class="table">
          <thead><tr><th scope="col">${text.time}</th>${plot.lines.map(({ name }) => html`<th scope="col" class="number">${lineName(plot, name)}</th>`)}</tr></thead>
          <tbody>${plot.times.map((time, i) => row(plot, time, i)).reverse()}</tbody>
        </table></div>` : nothing}
    </details>`;
}

/**
 * @param {Plot} plot
 * @param {number} time
 * @param {number} i
 */
const row = (plot, time, i) => (plot.lines.every(({ values }) => values[i] === null) ? nothing : html`
  <tr data-at=${time}><th scope="row">${timeOfDay(time)}</th>${plot.lines.map(({ values }) => html`<td class="number">${shown(plot, values[i])}</td>`)}</tr>`);

/**
 * @param {string} key
 * @param {boolean} open
 */
function fold(key, open) {
  if (open === unfolded.value.includes(key)) return;
  unfolded.value = open ? [...unfolded.value, key] : unfolded.value.filter((one) => one !== key);
}
