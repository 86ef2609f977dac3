// @ts-check
// How the installation is doing: what is wrong with it first, then its figures, then each of its parts.

import { html, nothing } from "../core/dom.js";
import { count, number, words } from "../core/words.js";
import { figure, size, span, timeOfDay } from "./figures.js";
import { gatewaysView, modelsView } from "./fleet_view.js";
import { sparkline } from "./sparkline.js";
import { stateOf } from "./state.js";
import { troublesOf } from "./troubles.js";

/** @import { Live, Picture } from "./live.js" */
/** @import { Trouble } from "./troubles.js" */

/** @param {Live} live */
export const overviewView = (live) => html`
  <h2 class="unseen">${words().admin.overview.title}</h2>
  ${stateOf(live.reading, (picture) => html`
    ${live.reading.problem.value === null ? troublesView(picture) : nothing}
    ${figuresView(picture, live.trail.value)}
    ${modelsView(picture)}
    ${gatewaysView(picture)}
    ${storesView(picture)}
    <p class="soft small admin-foot">${words().admin.overview.told(picture.gateway_id, timeOfDay(picture.at))}</p>`)}`;

/** @param {Picture} picture */
function troublesView(picture) {
  const text = words().admin.overview;
  const troubles = troublesOf(picture);
  const serious = troubles.filter(({ weight }) => weight !== "news");
  const ready = picture.workers?.filter(({ state }) => state === "ready").length ?? 0;
  return html`
    <p class="unseen" role="status">${serious.length ? serious.map((one) => sayTitle(one)).join(" ") : text.well}</p>
    ${serious.length ? nothing : html`<p class="admin-well"><span class="dot" data-state="ready"></span><strong>${text.well}</strong>
      <span class="soft">${text.wellMore(count(ready, text.nouns.worker))}</span></p>`}
    ${troubles.length ? html`<ul class="admin-troubles" aria-label=${text.troubles}>${troubles.map((one) => html`
      <li data-weight=${one.weight}><span class="dot" data-state=${{ problem: "away", warning: "loading", news: "off" }[one.weight]}></span>
        <div><strong>${sayTitle(one)}</strong> <span>${sayMore(one)}</span></div></li>`)}</ul>` : nothing}`;
}

/** @param {Trouble} trouble */
const sayTitle = ({ what, about }) => words().admin.troubles[what].title(about);

/** @param {Trouble} trouble */
function sayMore({ what, count: value, said }) {
  const { more } = words().admin.troubles[what];
  const share = () => number(value, { style: "percent" });
  if (what === "longWait") return more(span(value));
  if (what === "workerLoading") return more([said, value && share()].filter(Boolean).join(", "));
  if (what === "cacheFull") return more(share());
  if (what === "redisAway") return more(said);
  return more(value ? number(value) : "");
}

/**
 * @param {Picture} picture
 * @param {(number | null)[]} trail
 */
function figuresView({ totals, queues }, trail) {
  const text = words().admin.overview;
  const oldest = Math.max(-1, ...(queues ?? []).map((queue) => queue.oldest_wait_s ?? -1));
  return html`
    <dl class="admin-figures">
      ${tile(text.tokens, known(totals.tokens_per_s), sparkline(trail), "tokens")}
      ${tile(text.running, known(totals.running), totals.capacity === null ? nothing : text.ofCapacity(number(totals.capacity)), "running")}
      ${tile(text.waiting, known(totals.waiting), oldest < 0 ? text.nobodyWaits : text.oldest(span(oldest)), "waiting")}
      ${tile(text.people, known(totals.users), text.holding(
        count(totals.sockets ?? 0, text.nouns.socket), count(totals.streams ?? 0, text.nouns.stream)), "people")}
    </dl>`;
}

/**
 * @param {string} name
 * @param {string} value
 * @param {unknown} more
 * @param {string} key
 */
const tile = (name, value, more, key) => html`
  <div class="card admin-tile" data-figure=${key}><dt>${name}</dt><dd class="admin-value">${value}</dd><dd class="soft small">${more}</dd></div>`;

/** @param {number | null} value */
const known = (value) => (value === null ? words().admin.unknown : figure(value));

/** @param {Picture} picture */
function storesView({ redis, database }) {
  const text = words().admin.overview;
  return html`
    <h3 class="admin-part">${text.stores}</h3>
    <div class="admin-stores">
      ${store(text.redis, redis.up, [
        [text.version, redis.version], [text.memory, redis.memory_bytes === null ? null : size(redis.memory_bytes)],
        [text.connections, redis.connections === null ? null : number(redis.connections)],
      ])}
      ${store(text.database, database.up, [
        [text.kind, text.kinds[database.kind]], [text.unsaved, database.unsaved === null ? null : number(database.unsaved)],
      ])}
    </div>`;
}

/**
 * @param {string} name
 * @param {boolean} up
 * @param {[string, string | null][]} facts
 */
const store = (name, up, facts) => html`
  <section class="card admin-store" aria-label=${name}>
    <h4><span class="dot" data-state=${up ? "ready" : "away"}></span>${name}<span class="soft admin-aside">${up ? words().admin.overview.up : words().admin.overview.down}</span></h4>
    <dl class="admin-facts">${facts.map(([fact, value]) => html`<div><dt>${fact}</dt><dd>${value ?? words().admin.unknown}</dd></div>`)}</dl>
  </section>`;
