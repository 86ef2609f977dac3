// @ts-check
// Who holds a socket or a stream open just now.

import { me } from "../account/me.js";
import { html, nothing, repeat } from "../core/dom.js";
import { number, words } from "../core/words.js";
import { ageOf, timeOfDay } from "./figures.js";
import { pagesView } from "./pages_view.js";
import { stateOf } from "./state.js";

/**
 * @typedef {{id: string, kind: "account" | "guest" | "key", email: string | null, display_name: string | null}} Person
 * @typedef {{id: string, user: Person, since: number, sockets: number, streams: number, gateway_ids: string[]}} Connected
 */

/** @param {import("./paged.js").Paged<Connected>} paged */
export function connectedView(paged) {
  const text = words().admin.connected;
  return html`
    <div class="admin-head"><h2>${text.title}</h2></div>
    ${stateOf(paged.reading, (page) => (page.data.length ? table(page.data) : html`<p class="admin-empty">${text.nobody}</p>`))}
    ${pagesView(paged)}`;
}

/** @param {Connected[]} found */
function table(found) {
  const text = words().admin.connected;
  return html`
    <table class="table admin-list">
      <caption class="unseen">${text.title}</caption>
      <thead><tr><th scope="col">${text.who}</th><th scope="col">${text.since}</th><th scope="col" class="number">${text.sockets}</th>
        <th scope="col" class="number">${text.streams}</th><th scope="col" class="admin-wide">${text.gateways}</th></tr></thead>
      <tbody>${repeat(found, ({ id }) => id, row)}</tbody>
    </table>`;
}

/** @param {Connected} one */
function row({ user, since, sockets, streams, gateway_ids: gateways }) {
  const text = words().admin.connected;
  const name = user.display_name || user.email;
  const under = name && user.email && name !== user.email ? user.email : name ? "" : user.id;
  return html`
    <tr data-user=${user.id}>
      <th scope="row"><span class="clip admin-name">${name ?? text.kinds[user.kind]}</span>${user.id === me.value.id ? html` <span class="badge">${words().admin.users.you}</span>` : nothing}
        ${under ? html`<span class="clip soft small admin-name">${under}</span>` : nothing}</th>
      <td>${timeOfDay(since, "short")}<span class="soft small admin-line">${text.for(ageOf(since * 1000))}</span></td>
      <td class="number">${number(sockets)}</td><td class="number">${number(streams)}</td>
      <td class="admin-wide soft">${gateways.join(", ")}</td>
    </tr>`;
}
