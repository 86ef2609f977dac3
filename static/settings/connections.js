// @ts-check
// Where else one signs in, and with what.

import { signedIn } from "../account/me.js";
import { options } from "../account/options.js";
import { html, nothing, repeat } from "../core/dom.js";
import { http } from "../core/http.js";
import { words } from "../core/words.js";
import { confirmed } from "../ui/dialog.js";
import { icon } from "../ui/icons.js";
import { Loaded } from "./loaded.js";
import { again, needsAccount, section, shown, tried } from "./pieces.js";

/** @typedef {{id: string, provider: string, email: string}} Identity */
/** @import { Provider } from "../account/options.js" */

export class Connections {
  /** @type {Loaded<Identity[]>} */
  all = new Loaded(async () => (await http.get("/v1/account/identities")).data);

  /** The browser goes there, and comes back here. @param {Provider} provider */
  link(provider) {
    const next = new URLSearchParams({ next: location.pathname });
    return tried(async () => location.assign((await http.post(`${provider.url}/link?${next}`)).url));
  }

  /** @param {Identity} identity */
  async unlink(identity) {
    const text = words().settings.connections;
    const name = titleOf(identity.provider);
    if (!(await confirmed({ title: text.unlinkTitle(name), text: text.unlinkText(name), yes: text.unlink, danger: true }))) return;
    if (await tried(() => http.delete(`/v1/account/identities/${identity.id}`), text.unlinked(name))) await again(this.all);
  }
}

/** @param {Connections} connections */
export function connectionsView(connections) {
  const text = words().settings.connections;
  return section(text.title, text.lead, signedIn.value ? shown(connections.all, (all) => {
    const free = options.value.providers.filter(({ id }) => !all.some((one) => one.provider === id));
    return html`
      ${all.length ? html`<ul class="entries">${repeat(all, (one) => one.id, (one) => html`
        <li class="entry-row">
          <span class="entry-icon">${icon("link")}</span>
          <div class="grow"><p class="entry-name">${titleOf(one.provider)}</p><p class="small soft">${one.email}</p></div>
          <button type="button" class="quiet danger" aria-label=${text.unlinkTitle(titleOf(one.provider))} @click=${() => void connections.unlink(one)}>${text.unlink}</button>
        </li>`)}</ul>` : html`<p class="soft">${text.none}</p>`}
      ${free.length ? html`<p class="row">${free.map((provider) => html`
        <button type="button" class="quiet" @click=${() => void connections.link(provider)}>${icon("link")}${text.link(provider.title)}</button>`)}</p>` : nothing}`;
  }) : needsAccount(text.needsAccount));
}

/** @param {string} id */
const titleOf = (id) => options.value.providers.find((one) => one.id === id)?.title ?? id;
