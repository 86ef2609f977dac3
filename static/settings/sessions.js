// @ts-check
// Where one is signed in, and ending that.

import { signOut } from "../account/leaving.js";
import { signedIn } from "../account/me.js";
import { html, nothing, repeat } from "../core/dom.js";
import { http } from "../core/http.js";
import { moment, words } from "../core/words.js";
import { confirmed } from "../ui/dialog.js";
import { icon } from "../ui/icons.js";
import { browserIn, systemIn } from "./user_agent.js";
import { Loaded } from "./loaded.js";
import { again, needsAccount, section, shown, tried } from "./pieces.js";

/** @typedef {{id: string, user_agent: string, created_at: number, last_seen_at: number, expires_at: number, is_current: boolean}} Session */

export class Sessions {
  /** @type {Loaded<Session[]>} */
  all = new Loaded(async () => (await http.get("/v1/account/sessions")).data);

  /** @param {Session} session */
  async end(session) {
    if (session.is_current) return signOut();
    const text = words().settings.sessions;
    if (await tried(() => http.delete(`/v1/account/sessions/${session.id}`), text.ended)) await again(this.all);
  }

  async endOthers() {
    const text = words().settings.sessions;
    if (!(await confirmed({ title: text.endOthersTitle, text: text.endOthersText, yes: text.endOthers, danger: true }))) return;
    if (await tried(() => http.delete("/v1/account/sessions"), text.othersEnded)) await again(this.all);
  }
}

/** @param {Sessions} sessions */
export function sessionsView(sessions) {
  const text = words().settings.sessions;
  return section(text.title, text.lead, signedIn.value ? shown(sessions.all, (all) => html`
    <ul class="entries">${repeat(all, (one) => one.id, (one) => sessionView(sessions, one))}</ul>
    ${all.length > 1 ? html`<p><button type="button" class="quiet danger" @click=${() => void sessions.endOthers()}>${text.endOthers}</button></p>` : nothing}`)
    : needsAccount(text.needsAccount));
}

/** @param {Sessions} sessions @param {Session} session */
function sessionView(sessions, session) {
  const text = words().settings.sessions;
  const name = nameOf(session);
  return html`
    <li class="entry-row">
      <span class="entry-icon">${icon("screen")}</span>
      <div class="grow">
        <p class="entry-name"><span title=${session.user_agent}>${name}</span>${session.is_current ? html` <span class="standing" data-kind="good">${text.current}</span>` : nothing}</p>
        <p class="small soft">${text.since(moment(session.created_at))} · ${text.seen(moment(session.last_seen_at))}</p>
      </div>
      <button type="button" class="quiet danger" aria-label=${session.is_current ? words().shell.signOut : text.endTitle(name)}
              @click=${() => void sessions.end(session)}>${session.is_current ? words().shell.signOut : text.end}</button>
    </li>`;
}

/** @param {Session} session */
function nameOf({ user_agent: agent }) {
  const text = words().settings.sessions;
  const [browser, system] = [browserIn(agent), systemIn(agent)];
  if (browser && system) return text.on(browser, system);
  return browser || system || agent.slice(0, 60) || text.unknown;
}
