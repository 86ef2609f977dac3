// @ts-check
// What the views of signing in, signing up and letters have in common.

import { html, nothing, ref } from "../core/dom.js";
import { ApiError } from "../core/http.js";
import { words } from "../core/words.js";
import { problemInWords } from "../ui/problem.js";
import { brand } from "../ui/brand.js";

/** @import { Form } from "../core/form.js" */

/** @param {unknown} body @param {unknown} [foot] */
export const alone = (body, foot = nothing) => html`
  <div class="entry">
    <a class="brand" href="/">${brand()}</a>
    <div class="entry-card card stack">${body}</div>
    <div class="entry-foot small soft">${foot}</div>
  </div>`;

/** Where a keyboard does not cover half the view, one can write at once. @param {Element | undefined} field */
const focusFirst = (field) => {
  if (field instanceof HTMLElement && matchMedia("(pointer: fine)").matches) queueMicrotask(() => field.focus());
};

/** The address, written once for all views. @param {string} value */
export const addressField = (value) => html`
  <label class="field"><span>${words().account.address}</span>
    <input type="email" name="email" required maxlength="320" autocomplete="username" autocapitalize="none" spellcheck="false"
           .defaultValue=${value} ${ref(focusFirst)}></label>`;

/** Why a form was refused, read out at once. @param {Form} form @param {unknown} [more] */
export const refusal = (form, more = nothing) => (form.refused.value ? html`
  <div class="notice problem" role="alert"><p>${refusalInWords(form.refused.value)}</p>${more}</div>` : nothing);

/** @param {Form} form @param {string} name */
export const submit = (form, name) => html`
  <button type="submit" class="primary wide" aria-busy=${form.busy.value ? "true" : nothing}>${name}</button>`;

/** With the time to wait, where there is one. @param {unknown} error */
export function refusalInWords(error) {
  if (error instanceof ApiError && error.code === "too_many_attempts" && error.retryAfterS) {
    return words().account.tooOften(error.retryAfterS);
  }
  return problemInWords(error);
}
