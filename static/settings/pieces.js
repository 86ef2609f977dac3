// @ts-check
// What the sections have in common: a heading with what it is about, what needs an account, what could not be read.

import { signUpAddress, signInAddress } from "../account/addresses.js";
import { refusalInWords } from "../account/pieces.js";
import { html, nothing } from "../core/dom.js";
import { keepFocus } from "../core/focus.js";
import { route } from "../core/router.js";
import { words } from "../core/words.js";
import { toast } from "../ui/toasts.js";

/** @import { Loaded } from "./loaded.js" */

/** @param {string} title @param {unknown} lead @param {unknown} body */
export const section = (title, lead, body) => html`
  <header class="section-head"><h2>${title}</h2>${lead ? html`<p class="soft">${lead}</p>` : nothing}</header>
  ${body}`;

/** A part of a section. @param {string} title @param {unknown} hint @param {unknown} body @param {string} [kind] */
export const topic = (title, hint, body, kind = "") => html`
  <section class="topic ${kind}"><div class="topic-head"><h3>${title}</h3>${hint ? html`<p class="field-hint">${hint}</p>` : nothing}</div>${body}</section>`;

/** @param {string} why */
export const needsAccount = (why) => html`
  <div class="notice topic-notice"><p>${why}</p>
    <p class="row"><a class="primary" href=${signUpAddress(route.value.path)}>${words().account.signUp}</a>
      <a class="quiet" href=${signInAddress(route.value.path)}>${words().account.signIn}</a></p></div>`;

/**
 * What was read, or that it is being read, or why it cannot be.
 * @template T
 * @param {Loaded<T>} loaded
 * @param {(value: T) => unknown} view
 */
export function shown(loaded, view) {
  const value = loaded.value.value;
  const problem = loaded.problem.value ? html`
    <div class="notice problem" role="alert"><p>${refusalInWords(loaded.problem.value)}</p>
      <p><button type="button" class="link" @click=${() => void loaded.read()}>${words().common.retry}</button></p></div>` : nothing;
  if (value === null) return problem === nothing ? html`<p class="soft" role="status">${words().common.loading}</p>` : problem;
  return html`${problem}${view(value)}`;
}

/** Read what has lost an entry; its button had the focus. @param {Loaded<any>} loaded */
export async function again(loaded) {
  await loaded.read();
  keepFocus(".settings-section h2");
}

/**
 * Do something, and say how it went.
 * @param {() => Promise<unknown>} act
 * @param {string} [done]
 * @returns {Promise<boolean>} whether it is done
 */
export async function tried(act, done = "") {
  try {
    await act();
  } catch (error) {
    toast(refusalInWords(error), { kind: "problem" });
    return false;
  }
  if (done) toast(done);
  return true;
}
