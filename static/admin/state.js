// @ts-check
// What every section shows of a reading before its first answer, and while the server is away.

import { html, nothing } from "../core/dom.js";
import { words } from "../core/words.js";
import { problemInWords } from "../ui/problem.js";
import { ageOf, timeOfDay } from "./figures.js";

/**
 * Draw what was read. While the server does not answer, the last picture stays, and its age stands above it.
 * @template T
 * @param {import("./reading.js").Reading<T>} reading
 * @param {(value: T) => unknown} view
 */
export function stateOf(reading, view) {
  const value = reading.value.value;
  const problem = reading.problem.value;
  if (problem === null) return value === null ? html`<p class="soft admin-empty" role="status">${words().common.loading}</p>` : view(value);
  return html`${away(reading, problem)}${value === null ? nothing : html`<div class="admin-old">${view(value)}</div>`}`;
}

/**
 * @param {import("./reading.js").Reading<any>} reading
 * @param {unknown} problem
 */
function away(reading, problem) {
  const text = words().admin;
  return html`
    <div class="notice problem admin-away">
      <p role="alert">${problemInWords(problem)}${reading.value.value === null ? nothing : ` ${text.kept(timeOfDay(reading.readAt.value / 1000))}`}</p>
      <p class="row">${reading.value.value === null ? nothing : html`<span class="small">${text.age(ageOf(reading.readAt.value))}</span>`}
        <button type="button" class="quiet" @click=${() => reading.start()}>${words().common.retry}</button></p>
    </div>`;
}
