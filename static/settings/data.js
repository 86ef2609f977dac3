// @ts-check
// Taking out all that one has, bringing conversations in, and leaving for good.

import { leave } from "../account/leaving.js";
import { me, signedIn } from "../account/me.js";
import { html, nothing } from "../core/dom.js";
import { Form } from "../core/form.js";
import { http } from "../core/http.js";
import { go } from "../core/router.js";
import { signal } from "../core/signal.js";
import { count, words } from "../core/words.js";
import { openDialog } from "../ui/dialog.js";
import { icon } from "../ui/icons.js";
import { passwordField } from "../ui/password_field.js";
import { toast } from "../ui/toasts.js";
import { refusalInWords } from "../account/pieces.js";
import { archiveAll, deleteAll } from "./all_conversations.js";
import { section, topic } from "./pieces.js";
import { refused } from "./profile.js";

/** @import { App } from "../app.js" */

const EXPORT = "/v1/account/export";

export class Data {
  importing = signal(false);
  /** What could not be brought in, and why. @type {import("../core/signal.js").Signal<{file: string, why: string}[]>} */
  failed = signal(/** @type {{file: string, why: string}[]} */ ([]));
  leaving = new Form(async ({ password }) => {
    await http.delete("/v1/account", { password });
    leave();
  });

  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** One after another: each may be large. @param {File[]} files */
  async bringIn(files) {
    this.failed.value = [];
    this.importing.value = true;
    /** @type {string[]} */
    const made = [];
    for (const file of files) {
      try {
        made.push((await http.post("/v1/conversations/import", await read(file))).id);
      } catch (error) {
        this.failed.value = [...this.failed.value, { file: file.name, why: refusalInWords(error) }];
      }
    }
    this.importing.value = false;
    if (!made.length) return;
    void this.app.conversations.refresh();
    const text = words().settings.data;
    toast(text.imported(count(made.length, text.conversations)), { action: { name: text.open, run: () => go(`/c/${made[0]}`) } });
  }
}

/** @param {Data} data */
export function dataView(data) {
  const text = words().settings.data;
  return section(text.title, text.lead, html`
    ${topic(text.export, text.exportHint, html`
      <p><a class="quiet" href=${EXPORT} download>${icon("take")}${text.exportAll}</a></p>`)}
    ${topic(text.import, text.importHint, html`
      <p><label class="quiet file">${icon("share")}${data.importing.value ? text.importing : text.chooseFiles}
        <input type="file" class="unseen" accept="application/json,.json" multiple ?disabled=${data.importing.value} @change=${(/** @type {Event} */ event) => chosen(data, event)}></label></p>
      ${data.failed.value.length ? html`<ul class="notice problem" role="alert">${data.failed.value.map(({ file, why }) => html`<li><strong>${file}</strong>: ${why}</li>`)}</ul>` : nothing}`)}
    ${topic(text.all, text.allHint, html`
      <p class="row"><button type="button" class="quiet" @click=${() => void archiveAll(data.app)}>${icon("archive")}${text.archiveAll}</button>
        <button type="button" class="quiet danger" @click=${() => void deleteAll(data.app)}>${icon("trash")}${text.deleteAll}</button></p>`)}
    ${signedIn.value ? topic(text.leave, text.leaveHint, html`
      <p><button type="button" class="quiet danger" @click=${() => void askToLeave(data)}>${icon("trash")}${text.leaveButton}</button></p>`) : nothing}`);
}

/** @param {Data} data @param {Event} event */
function chosen(data, event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const files = [...(field.files ?? [])];
  field.value = ""; // so that the same file can be chosen again
  void data.bringIn(files);
}

/** @param {Data} data */
function askToLeave(data) {
  const text = words().settings.data;
  const written = signal("");
  data.leaving.clear();
  return openDialog(text.leaveTitle, (close) => html`
    <form class="stack" @submit=${data.leaving.submit}>
      <div class="stack tight"><p><strong>${text.erasedTitle}</strong> ${text.erased}</p>
        <p><strong>${text.staysTitle}</strong> ${text.stays}</p></div>
      ${refused(data.leaving)}
      <label class="field"><span>${text.typeAddress(me.value.email)}</span>
        <input type="text" name="confirmation" required autocomplete="off" autocapitalize="none" spellcheck="false"
               @input=${(/** @type {Event} */ event) => { written.value = /** @type {HTMLInputElement} */ (event.target).value; }}></label>
      ${passwordField({ label: words().account.password, name: "password" })}
      <footer class="row end">
        <button type="button" class="quiet" @click=${close}>${words().common.cancel}</button>
        <button type="submit" class="primary danger" ?disabled=${written.value.trim() !== me.value.email}>${text.leaveForGood}</button>
      </footer>
    </form>`);
}

/** What is not JSON the server need not see. @param {File} file */
async function read(file) {
  const text = await file.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(words().settings.data.noJson);
  }
}
