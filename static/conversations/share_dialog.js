// @ts-check
// Links to a conversation: making, copying and taking them back.

import { copy } from "../core/clipboard.js";
import { html, nothing, part, repeat } from "../core/dom.js";
import { keepFocus } from "../core/focus.js";
import { http } from "../core/http.js";
import { batch, signal } from "../core/signal.js";
import { moment, words } from "../core/words.js";
import { openDialog } from "../ui/dialog.js";
import { icon } from "../ui/icons.js";
import { problemInWords } from "../ui/problem.js";

/** @import { Conversation } from "./conversation.js" */
/** @typedef {{id: string, created_at: number}} Share */

/** @param {string} token */
const linkOf = (token) => `${location.origin}/shared/${token}`;

/** The links to one conversation. */
class Shares {
  /** undefined: not read yet. @type {import("../core/signal.js").Signal<Share[] | undefined>} */
  all = signal(undefined);
  busy = signal(false);
  /** @type {import("../core/signal.js").Signal<unknown>} */
  problem = signal(null);
  /** The link that was copied last. */
  copied = signal("");

  /** @param {string} id the conversation's */
  constructor(id) {
    this.path = `/v1/conversations/${encodeURIComponent(id)}/shares`;
  }

  read() {
    return this.#try(async () => {
      this.all.value = (await http.get(this.path)).data;
    });
  }

  make() {
    return this.#try(async () => {
      const made = await http.post(this.path);
      this.all.value = [made, ...(this.all.value ?? [])];
      await this.copy(made.id);
    });
  }

  /** @param {string} token */
  takeBack(token) {
    return this.#try(async () => {
      await http.delete(`${this.path}/${encodeURIComponent(token)}`);
      this.all.value = this.all.value?.filter((one) => one.id !== token);
    });
  }

  /** @param {string} token */
  async copy(token) {
    this.copied.value = (await copy(linkOf(token))) ? token : "";
  }

  /** @param {() => Promise<void>} act */
  async #try(act) {
    if (this.busy.value) return;
    batch(() => { this.busy.value = true; this.problem.value = null; });
    try {
      await act();
    } catch (error) {
      this.problem.value = error;
    } finally {
      this.busy.value = false;
    }
  }
}

/**
 * @param {Conversation} one
 * @returns {Promise<void>} when the dialog is closed
 */
export function openShares(one) {
  const shares = new Shares(one.id);
  const text = words().conversations;
  void shares.read();
  return openDialog(text.shareTitle, () => html`
    <p class="clip" dir="auto"><strong>${one.title || text.untitled}</strong></p>
    <p class="soft">${text.shareMeaning}</p>
    <div class="shares">${part(sharesView, shares)}</div>`);
}

/** @param {Shares} shares */
function sharesView(shares) {
  const text = words().conversations;
  const all = shares.all.value;
  return html`
    <div class="row">
      <button type="button" class="primary" aria-disabled=${String(shares.busy.value)} @click=${() => void shares.make()}>
        ${icon("share")}${text.makeLink}</button>
      <span class="soft small" role="status">${shares.copied.value ? text.linkCopied : ""}</span>
    </div>
    ${shares.problem.value ? html`<p class="notice problem" role="alert">${problemInWords(shares.problem.value)}</p>` : nothing}
    ${all?.length ? html`
      <h3 class="small soft" id="links">${text.links}</h3>
      <ul class="links" aria-labelledby="links">${repeat(all, (share) => share.id, (share) => linkView(shares, share))}</ul>` : nothing}
    ${all && !all.length ? html`<p class="soft small">${text.noLinks}</p>` : nothing}`;
}

/**
 * @param {Shares} shares
 * @param {string} token
 */
async function takeBack(shares, token) {
  await shares.takeBack(token);
  keepFocus(".shares .danger", ".shares .primary");
}

/**
 * @param {Shares} shares
 * @param {Share} share
 */
function linkView(shares, share) {
  const text = words().conversations;
  const made = moment(share.created_at);
  const copied = shares.copied.value === share.id;
  return html`
    <li class="link-row">
      <input readonly aria-label=${text.linkOf(made)} .value=${linkOf(share.id)}
             @focus=${(/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target).select()}>
      <button type="button" class="quiet" @click=${() => void shares.copy(share.id)}>
        ${icon(copied ? "check" : "copy")}${copied ? words().common.copied : words().common.copy}</button>
      <button type="button" class="quiet danger" aria-disabled=${String(shares.busy.value)} @click=${() => void takeBack(shares, share.id)}>${text.takeBack}</button>
      <a class="small" href="/shared/${share.id}" target="_blank">${made}</a>
    </li>`;
}
