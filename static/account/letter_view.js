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
  const state = letter.state.value;
  if (state === "choosing") return choosing(letter);
  const told = {
    none: text.none, asking: text.asking, confirmed: text.confirmed, chosen: letter.invited.value ? text.invitationChosen : text.chosen,
    refused: refusalInWords(letter.refused.value),
  }[state];
  const away = letter.refused.value instanceof ApiError && letter.refused.value.code !== "invalid_token";
  return alone(html`
    <header class="entry-head"><span class="entry-sign" data-state=${state}>${icon(state === "confirmed" || state === "chosen" ? "check" : "mail")}</span>
      <h1>${titles(letter.invited.value)[state]}</h1></header>
    <p role="status">${told}</p>
    ${state === "refused" && away ? html`<button type="button" class="primary wide" @click=${() => void letter.confirm()}>${words().common.retry}</button>` : nothing}
    ${state === "asking" ? nothing : onward(state)}`);
}

/** @param {Letter} letter */
function choosing(letter) {
  const text = words().account.letter;
  const [title, lead, act, label] = letter.invited.value
    ? [text.invitation, text.invitationLead, text.choosePassword, words().account.password]
    : [text.choose, text.chooseLead, text.choose, words().account.newPassword];
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

/** @param {boolean} invited */
const titles = (invited) => {
  const text = words().account.letter;
  const chosen = invited ? text.invitation : text.choose;
  return { none: text.title, asking: text.title, confirmed: text.title, refused: text.refused, chosen };
};
