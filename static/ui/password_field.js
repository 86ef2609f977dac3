// @ts-check
// A field for a password, which can be looked at while it is written. Managers of passwords know what it is for.

import { html, nothing } from "../core/dom.js";
import { words } from "../core/words.js";
import { icon } from "./icons.js";

/** The server's limits. */
const LEAST = 8;
const MOST = 256;

/**
 * @param {{label: string, name: string, id?: string, fresh?: boolean, hint?: string, wrong?: boolean}} field `fresh`: one that is chosen now
 */
export const passwordField = ({ label, name, id = `${name}-field`, fresh = false, hint = "", wrong = false }) => html`
  <div class="field">
    <label for=${id}>${label}</label>
    <div class="secret">
      <input id=${id} type="password" name=${name} required maxlength=${MOST} minlength=${fresh ? LEAST : nothing}
             autocomplete=${fresh ? "new-password" : "current-password"} spellcheck="false" autocapitalize="none"
             aria-invalid=${wrong ? "true" : nothing} aria-describedby=${hint ? `${id}-hint` : nothing}>
      <button type="button" class="bare" aria-pressed="false" aria-label=${words().common.showPassword}
              title=${words().common.showPassword} @click=${toggle}>${icon("eye")}</button>
    </div>
    ${hint ? html`<p class="field-hint" id="${id}-hint">${hint}</p>` : nothing}
  </div>`;

/** @param {Event} event */
function toggle(event) {
  const button = /** @type {HTMLButtonElement} */ (event.currentTarget);
  const field = /** @type {HTMLInputElement} */ (button.parentElement?.querySelector("input"));
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.ariaPressed = String(shown);
}
