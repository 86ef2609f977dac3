// @ts-check
// API keys for one's programs: made, shown once, and revoked.

import { me, signedIn } from "../account/me.js";
import { refusal } from "../account/pieces.js";
import { copy } from "../core/clipboard.js";
import { html, repeat } from "../core/dom.js";
import { Form } from "../core/form.js";
import { http } from "../core/http.js";
import { signal } from "../core/signal.js";
import { day, words } from "../core/words.js";
import { confirmed, openDialog } from "../ui/dialog.js";
import { icon } from "../ui/icons.js";
import { toast } from "../ui/toasts.js";
import { Loaded } from "./loaded.js";
import { again, needsAccount, section, shown, tried } from "./pieces.js";

/** @typedef {{id: string, name: string, prefix: string, scopes: Scope[], created_at: number, expires_at: number | null, last_used_at: number | null}} Key */
/** @typedef {"responses" | "conversations" | "account" | "admin"} Scope */

/** @type {Scope[]} */
const SCOPES = ["responses", "conversations", "account", "admin"];
/** @type {Scope[]} */
const USUAL = ["responses", "conversations"];
const LIFETIMES_DAYS = [0, 30, 90, 365];
const DAY_S = 86_400;

export class Keys {
  /** @type {Loaded<Key[]>} */
  all = new Loaded(async () => (await http.get("/v1/keys")).data);
  /** One that was just made: nobody can read it again. */
  fresh = signal("");
  making = new Form((fields, form) => this.#make(fields, form));

  /** @param {Key} key */
  async revoke(key) {
    const text = words().settings.keys;
    const question = { title: text.revokeTitle(key.name), text: text.revokeText, yes: text.revoke, danger: true };
    if (!(await confirmed(question))) return;
    if (await tried(() => http.delete(`/v1/keys/${key.id}`), text.revoked(key.name))) await again(this.all);
  }

  /** @param {import("../core/form.js").Fields} fields @param {HTMLFormElement} form */
  async #make({ name, days }, form) {
    const scopes = new FormData(form).getAll("scopes");
    const expires = Number(days) ? { expires_at: Math.floor(Date.now() / 1000) + Number(days) * DAY_S } : {};
    const made = await http.post("/v1/keys", { name, scopes, ...expires });
    this.fresh.value = made.key;
    await this.all.read();
  }
}

/** @param {Keys} keys */
export function keysView(keys) {
  const text = words().settings.keys;
  return section(text.title, text.lead, signedIn.value ? html`
    <p><button type="button" class="primary" @click=${() => void askForKey(keys)}>${icon("add")}${text.make}</button></p>
    ${shown(keys.all, (all) => (all.length ? html`
      <ul class="entries">${repeat(all, (key) => key.id, (key) => keyView(keys, key))}</ul>` : html`<p class="soft">${text.none}</p>`))}
    <p class="small soft">${text.example} <a href="/docs">${text.docs}</a></p>` : needsAccount(text.needsAccount));
}

/** @param {Keys} keys @param {Key} key */
function keyView(keys, key) {
  const text = words().settings.keys;
  const over = key.expires_at !== null && key.expires_at * 1000 <= Date.now();
  return html`
    <li class="entry-row">
      <span class="entry-icon">${icon("key")}</span>
      <div class="grow">
        <p class="entry-name"><span>${key.name}</span> <code class="soft">${key.prefix}…</code></p>
        <p class="small soft">${SCOPES.filter((scope) => key.scopes.includes(scope)).map((scope) => text.scopes[scope].name).join(", ")}</p>
        <p class="small soft">${[
          text.made(day(key.created_at)),
          key.last_used_at === null ? text.neverUsed : text.lastUsed(day(key.last_used_at)),
          key.expires_at === null ? text.noEnd : over ? text.over(day(key.expires_at)) : text.ends(day(key.expires_at)),
        ].join(" · ")}</p>
      </div>
      <button type="button" class="quiet danger" aria-label=${text.revokeTitle(key.name)} @click=${() => void keys.revoke(key)}>${text.revoke}</button>
    </li>`;
}

/** @param {Keys} keys */
async function askForKey(keys) {
  keys.fresh.value = "";
  keys.making.clear();
  await openDialog(words().settings.keys.make, (close) => (keys.fresh.value ? freshKey(keys.fresh.value, close) : form(keys, close)));
  keys.fresh.value = ""; // it is in the page as long as it is shown, and nowhere else
}

/** @param {Keys} keys @param {() => void} close */
function form(keys, close) {
  const text = words().settings.keys;
  const scopes = SCOPES.filter((scope) => scope !== "admin" || me.value.administrator);
  return html`
    <form class="stack" @submit=${keys.making.submit}>
      ${refusal(keys.making)}
      <label class="field"><span>${text.name}</span><input type="text" name="name" required maxlength="200" autocomplete="off" placeholder=${text.nameExample}></label>
      <fieldset class="scopes"><legend>${text.may}</legend>
        ${scopes.map((scope) => html`
          <label><input type="checkbox" name="scopes" value=${scope} ?checked=${USUAL.includes(scope)} @change=${oneAtLeast}>
            <span>${text.scopes[scope].name}<span class="field-hint">${text.scopes[scope].hint}</span></span></label>`)}
      </fieldset>
      <label class="field"><span>${text.lasts}</span>
        <select name="days">${LIFETIMES_DAYS.map((days) => html`<option value=${days}>${days ? text.days(days) : text.untilRevoked}</option>`)}</select></label>
      <footer class="row end">
        <button type="button" class="quiet" @click=${close}>${words().common.cancel}</button>
        <button type="submit" class="primary">${text.make}</button>
      </footer>
    </form>`;
}

/** @param {string} key @param {() => void} close */
const freshKey = (key, close) => html`
  <p role="status">${words().settings.keys.onlyNow}</p>
  <p class="fresh-key"><code>${key}</code>
    <button type="button" class="bare" aria-label=${words().settings.keys.copy} title=${words().settings.keys.copy} @click=${() => void copyKey(key)}>${icon("copy")}</button></p>
  <footer class="row end"><button type="button" class="primary" @click=${close}>${words().common.done}</button></footer>`;

/** @param {string} key */
async function copyKey(key) {
  toast((await copy(key)) ? words().common.copied : words().settings.keys.copyByHand);
}

/** A key that may do nothing is no use: the browser says so. @param {Event} event */
function oneAtLeast(event) {
  const boxes = [.../** @type {Element} */ (event.target).closest("fieldset")?.querySelectorAll("input") ?? []];
  boxes[0]?.setCustomValidity(boxes.some((box) => box.checked) ? "" : words().settings.keys.oneAtLeast);
}

