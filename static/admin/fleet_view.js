// @ts-check
// Who does the work: models with their workers and queues, and the gateways.

import { html, nothing, repeat, svg } from "../core/dom.js";
import { count, number, words } from "../core/words.js";
import { ageOf, figure } from "./figures.js";
import { modelsOf } from "./live.js";

/** @import { Picture, Worker, Queue, Gateway } from "./live.js" */

/** @param {Picture} picture */
export function modelsView(picture) {
  const text = words().admin.overview;
  if (picture.workers === null) return nothing;
  return html`
    <h3 class="admin-part">${text.models}</h3>
    ${repeat(modelsOf(picture), ({ model }) => model, ({ model, workers, queue }) => html`
      <section class="card admin-model" aria-label=${model}>
        <header><h4>${model}</h4>${summary(workers, queue)}</header>
        ${workers.length ? workersTable(model, workers) : html`<p class="soft">${text.noWorkers}</p>`}
      </section>`)}`;
}

/**
 * @param {Worker[]} workers
 * @param {Queue | undefined} queue
 */
function summary(workers, queue) {
  const text = words().admin.overview;
  const ready = workers.filter(({ state }) => state === "ready").length;
  const rate = workers.reduce((sum, one) => sum + one.tokens_per_s, 0);
  return html`<p class="soft small admin-summary">
    <span>${text.ready(number(ready), count(workers.length, text.nouns.worker))}</span>
    <span>${text.waitingCount(number(queue?.waiting ?? 0))}</span>
    ${queue?.handed_over ? html`<span>${text.handedOver(number(queue.handed_over))}</span>` : nothing}
    <span>${text.rate(figure(rate))}</span></p>`;
}

/**
 * @param {string} model
 * @param {Worker[]} workers
 */
function workersTable(model, workers) {
  const text = words().admin.overview;
  return html`
    <table class="table admin-fleet">
      <caption class="unseen">${text.workersOf(model)}</caption>
      <thead><tr><th scope="col">${text.worker}</th><th scope="col">${text.running}</th><th scope="col" class="admin-wide">${text.cache}</th>
        <th scope="col" class="number">${text.tokens}</th><th scope="col" class="number admin-wide">${text.attempts}</th>
        <th scope="col" class="number admin-wide">${text.up_for}</th></tr></thead>
      <tbody>${repeat(workers, ({ id }) => id, workerRow)}</tbody>
    </table>`;
}

/** @param {Worker} worker */
function workerRow(worker) {
  const text = words().admin.overview;
  return html`
    <tr data-worker=${worker.id}>
      ${partCell(worker.id, worker.state, worker.state === "ready" ? "" : [text.states[worker.state], worker.message].filter(Boolean).join(": "))}
      <td>${worker.capacity === null ? words().admin.unknown : meter(worker.running / worker.capacity, text.of(number(worker.running), number(worker.capacity)))}</td>
      <td class="admin-wide">${worker.kv_usage === null ? words().admin.unknown : meter(worker.kv_usage, number(worker.kv_usage, { style: "percent" }))}</td>
      <td class="number">${figure(worker.tokens_per_s)}</td>
      <td class="number admin-wide">${number(worker.attempts)}${worker.taken_over ? html`<span class="soft small admin-line">${text.takenOver(number(worker.taken_over))}</span>` : nothing}</td>
      <td class="number admin-wide">${ageOf(worker.started_at * 1000)}</td>
    </tr>`;
}

/**
 * @param {string} name
 * @param {"loading" | "ready" | "draining" | null} state
 * @param {string} more
 */
const partCell = (name, state, more) => html`
  <th scope="row"><span class="admin-state"><span class="dot" data-state=${state === "draining" ? "loading" : state ?? "off"}></span><span class="clip">${name}</span>
    <span class="unseen">${words().admin.overview.states[state ?? "unknown"]}</span></span>
    ${more ? html`<span class="soft small admin-line">${more}</span>` : nothing}</th>`;

/**
 * How much of something is used: a bar, and words for it.
 * @param {number} share
 * @param {string} label
 */
const meter = (share, label) => html`
  <span class="admin-meter">${svg`<svg aria-hidden="true" class=${share >= 0.9 ? "full" : ""}><rect width="100%" height="100%"/><rect class="used" width=${`${Math.min(1, share) * 100}%`} height="100%"/></svg>`}<span>${label}</span></span>`;

/** @param {Picture} picture */
export function gatewaysView({ gateways }) {
  const text = words().admin.overview;
  return html`
    <h3 class="admin-part">${text.gateways}</h3>
    <div class="card">
      <table class="table admin-fleet">
        <caption class="unseen">${text.gateways}</caption>
        <thead><tr><th scope="col">${text.gateway}</th><th scope="col" class="number">${text.people}</th><th scope="col" class="number admin-wide">${text.sockets}</th>
          <th scope="col" class="number admin-wide">${text.streams}</th><th scope="col" class="number">${text.delivered}</th>
          <th scope="col" class="number admin-wide">${text.up_for}</th></tr></thead>
        <tbody>${repeat(gateways, ({ id }) => id, gatewayRow)}</tbody>
      </table>
    </div>`;
}

/** @param {Gateway} gateway */
function gatewayRow(gateway) {
  const text = words().admin.overview;
  const { users, sockets, streams, delivered_tokens_per_s: rate, started_at: startedAt } = gateway;
  return html`
    <tr data-gateway=${gateway.id}>
      ${partCell(gateway.id, gateway.state, gateway.state === "draining" ? text.states.draining : "")}
      <td class="number">${known(users)}</td><td class="number admin-wide">${known(sockets)}</td>
      <td class="number admin-wide">${known(streams)}</td><td class="number">${known(rate)}</td>
      <td class="number admin-wide">${startedAt === null ? words().admin.unknown : ageOf(startedAt * 1000)}</td>
    </tr>`;
}

/** @param {number | null} value */
const known = (value) => (value === null ? words().admin.unknown : figure(value));
