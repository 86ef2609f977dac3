// @ts-check
// What one sees who has come by the link in a letter.

import { html, nothing } from "../core/dom.js";
import { ApiError } from "../core/http.js";
import { words } from "../core/words.js";
import { icon } from "../ui/icons.js";
import { passwordField } from "../ui/password_field.js";
import { signedIn } from "./me.js";
import { alone, refusal, refusalInWords, submit } from "./pieces.js";

/** @import { Letter } from "./letter.js" */

/** @param {Letter} letter */
export function letterView(letter) {
  const text = words().account.letter;
  const password = ofPassword(letter);
  const state = letter.state.value;
  if (state === "choosing") return choosing(letter);
  const told = {
    none: text.none, asking: text.asking, confirmed: text.confirmed, chosen: password.chosen,
    refused: refusalInWords(letter.refused.value),
  }[state];
  const titles = { none: text.title, asking: text.title, confirmed: text.title, refused: text.refused, chosen: password.title };
  const away = letter.refused.value instanceof ApiError && letter.refused.value.code !== "invalid_token";
  return alone(html`
    <header class="entry-head"><span class="entry-sign" data-state=${state}>${icon(state === "confirmed" || state === "chosen" ? "check" : "mail")}</span>
      <h1>${titles[state]}</h1></header>
    <p role="status">${told}</p>
    ${state === "refused" && away ? html`<button type="button" class="primary wide" @click=${() => void letter.confirm()}>${words().common.retry}</button>` : nothing}
    ${state === "asking" ? nothing : onward(state)}`);
}

/** @param {Letter} letter */
function choosing(letter) {
  const { title, lead, act } = ofPassword(letter);
  const label = letter.invited.value ? words().account.password : words().account.newPassword;
  return alone(html`
    <header class="entry-head"><h1>${title}</h1><p class="soft">${lead}</p></header>
    <form class="stack" @submit=${letter.choose.submit}>
      ${refusal(letter.choose)}
      ${passwordField({ label, name: "password", fresh: true, hint: words().account.passwordHint })}
      ${submit(letter.choose, act)}
    </form>`);
}

/** @param {import("./letter.js").LetterState} state */
function onward(state) {
  if (state === "chosen" || (state === "confirmed" && !signedIn.value)) {
    return html`<a class="primary wide" href="/sign-in">${words().account.signIn}</a>`;
  }
  return html`<a class=${state === "confirmed" ? "primary wide" : "quiet wide"} href="/">${words().account.letter.toTheChat}</a>`;
}

/** What is said of the password that one is to choose. @param {Letter} letter */
const ofPassword = ({ invited }) => words().account.letter[invited.value ? "first" : "anew"];
