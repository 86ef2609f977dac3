// @ts-check
// The last errors: what clients were told, whom it struck, and which of them are our own failures.

import { html, nothing, repeat } from "../core/dom.js";
import { count, moment, number, words } from "../core/words.js";
import { ageOf } from "./figures.js";
import { stateOf } from "./state.js";

/** @import { Errors, Kind, ToldError } from "./errors.js" */

/** @param {Errors} errors */
export function errorsView(errors) {
  const text = words().admin.errors;
  return html`
    <div class="admin-head">
      <h2>${text.title}</h2>
      <div class="row admin-filters">
        <select aria-label=${text.kind} @change=${(/** @type {Event} */ event) => errors.choose(/** @type {Kind | ""} */ (chosen(event)))}>
          ${/** @type {(Kind | "")[]} */ (["", "failure", "refusal"]).map((kind) => html`<option value=${kind} ?selected=${kind === errors.kind.value}>${text.kinds[kind || "all"]}</option>`)}
        </select>
        <select aria-label=${text.code} @change=${(/** @type {Event} */ event) => { errors.code.value = chosen(event); }}>
          <option value="" ?selected=${!errors.code.value}>${text.everyCode}</option>
          ${errors.codes.value.map(([code, times]) => html`<option value=${code} ?selected=${code === errors.code.value}>${code} (${number(times)})</option>`)}
        </select>
      </div>
    </div>
    <p class="soft small admin-under">${text.what}</p>
    ${stateOf(errors.reading, () => list(errors))}`;
}

/** @param {Event} event */
const chosen = (event) => /** @type {HTMLSelectElement} */ (event.target).value;

/** @param {Errors} errors */
function list(errors) {
  const text = words().admin.errors;
  const found = errors.found.value;
  if (!found.length) return html`<p class="admin-empty">${errors.code.value || errors.kind.value ? text.noneOfThese : text.none}</p>`;
  return html`
    <p class="unseen" role="status">${count(found.length, text.nouns.error)}</p>
    <ul class="admin-errors" aria-label=${text.title}>${repeat(found, ({ id }) => id, item)}</ul>`;
}

/** @param {ToldError} error */
function item({ kind, at, code, status, door, message, param, user, response_id: responseId }) {
  const text = words().admin.errors;
  const who = user ? user.display_name || user.email || `${words().admin.connected.kinds[user.kind]} ${user.id}` : text.unknownUser;
  return html`
    <li data-kind=${kind}>
      <p class="admin-error-head"><span class="badge">${kind === "failure" ? text.failure : text.refusal}</span><code>${code}</code><span class="soft small">${number(status, { useGrouping: false })}</span>
        <time class="soft small" title=${moment(at)} datetime=${new Date(at * 1000).toISOString()}>${text.ago(ageOf(at * 1000))}</time></p>
      <p>${message}</p>
      <p class="soft small admin-error-of"><span>${who}</span><span>${text.doors[door]}</span>${param ? html`<span>${text.param(param)}</span>` : nothing}${responseId ? html`<code>${responseId}</code>` : nothing}</p>
    </li>`;
}
