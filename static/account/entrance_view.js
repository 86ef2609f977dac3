// @ts-check
// What one sees of signing in and up.

import { html, nothing } from "../core/dom.js";
import { route } from "../core/router.js";
import { words } from "../core/words.js";
import { icon } from "../ui/icons.js";
import { passwordField } from "../ui/password_field.js";
import { problemInWords } from "../ui/problem.js";
import { toast } from "../ui/toasts.js";
import { signInAddress, signUpAddress } from "./addresses.js";
import { goOnAsGuest } from "./leaving.js";
import { me } from "./me.js";
import { options } from "./options.js";
import { addressField, alone, refusal, refusalInWords, submit } from "./pieces.js";

/** @import { Entrance } from "./entrance.js" */

/** @param {Entrance} entrance @param {string} next */
export function signInView(entrance, next) {
  if (entrance.letter.value) return letterSent(entrance, next);
  if (route.value.query.has("forgotten")) return forgottenView(entrance, next);
  const text = words().account;
  const { registration } = options.value;
  const problem = entrance.signIn.refused.value ? "" : route.value.query.get("problem"); // what came of a provider
  return alone(html`
    <header class="entry-head"><h1>${text.signIn}</h1>
      <p class="soft">${signInLead()}</p></header>
    ${problem ? html`<p class="notice problem" role="alert">${problemInWords({ code: problem })}</p>` : nothing}
    ${providers(next)}
    <form class="stack" @submit=${entrance.signIn.submit}>
      ${refusal(entrance.signIn, notConfirmed(entrance))}
      ${addressField(entrance.address)}
      ${passwordField({ label: text.password, name: "password", wrong: entrance.signIn.refused.value !== null })}
      ${submit(entrance.signIn, text.signIn)}
      <p class="small center"><a href=${withForgotten(next)}>${text.forgotten}</a></p>
    </form>`, html`
    ${registration === false ? html`<p>${text.registrationClosed}</p>` : html`<p>${text.noAccount} <a href=${signUpAddress(next)}>${text.signUp}</a></p>`}
    ${asGuest()}`);
}

function signInLead() {
  const text = words().account;
  if (me.value.kind === "guest") return text.signInGuest;
  return options.value.guests === false ? text.signInClosed : text.signInLead;
}

/** @param {Entrance} entrance @param {string} next */
export function signUpView(entrance, next) {
  if (entrance.letter.value) return letterSent(entrance, next);
  const text = words().account;
  if (options.value.registration === false) return alone(html`
    <header class="entry-head"><h1>${text.signUp}</h1></header>
    <p>${text.registrationClosed}</p>
    ${providers(next, false)}`, html`<p>${text.haveAccount} <a href=${signInAddress(next)}>${text.signIn}</a></p>`);
  return alone(html`
    <header class="entry-head"><h1>${text.signUp}</h1><p class="soft">${me.value.kind === "guest" ? text.signUpGuest : text.signUpLead}</p></header>
    ${options.value.first ? html`<p class="notice">${text.first}</p>` : nothing}
    ${providers(next)}
    <form class="stack" @submit=${entrance.signUp.submit}>
      ${refusal(entrance.signUp)}
      ${addressField(entrance.address)}
      ${passwordField({ label: text.password, name: "password", fresh: true, hint: text.passwordHint })}
      ${submit(entrance.signUp, text.signUp)}
    </form>`, html`
    <p>${text.haveAccount} <a href=${signInAddress(next)}>${text.signIn}</a></p>
    ${asGuest()}`);
}

/** @param {Entrance} entrance @param {string} next */
function forgottenView(entrance, next) {
  const text = words().account;
  return alone(html`
    <header class="entry-head"><h1>${text.forgottenTitle}</h1><p class="soft">${text.forgottenLead}</p></header>
    ${options.value.mail === false ? html`<p class="notice">${text.noMail}</p>` : nothing}
    <form class="stack" @submit=${entrance.forgotten.submit}>
      ${refusal(entrance.forgotten)}
      ${addressField(entrance.address)}
      ${submit(entrance.forgotten, text.sendLetter)}
    </form>`, html`<p><a href=${signInAddress(next)}>${text.backToSignIn}</a></p>`);
}

/** The same words whether the address has an account or not. @param {Entrance} entrance @param {string} next */
function letterSent(entrance, next) {
  const text = words().account;
  const { to, what } = /** @type {{to: string, what: "verify" | "reset"}} */ (entrance.letter.value);
  return alone(html`
    <header class="entry-head"><span class="entry-sign">${icon("mail")}</span><h1 tabindex="-1">${text.letterTitle}</h1></header>
    <p role="status">${what === "reset" ? text.resetSent(to) : text.verifySent(to)}</p>
    ${options.value.mail === false ? html`<p class="notice">${text.noMail}</p>` : nothing}
    ${what === "verify" ? html`<button type="button" class="quiet wide" @click=${() => again(entrance, to)}>${text.sendAgain}</button>` : nothing}`,
  html`<p><a href=${signInAddress(next)}>${text.backToSignIn}</a></p>`);
}

/** A wrong password and an address that was not confirmed are told apart by nobody: one may have the letter again. @param {Entrance} entrance */
function notConfirmed(entrance) {
  const { code = "" } = /** @type {{code?: string}} */ (entrance.signIn.refused.value ?? {});
  if (code !== "invalid_credentials" || options.value.verifiedOnly === false) return nothing;
  return html`<p><button type="button" class="link" @click=${() => again(entrance, entrance.address)}>${words().account.notConfirmed}</button></p>`;
}

/** @param {Entrance} entrance @param {string} to */
async function again(entrance, to) {
  try {
    await entrance.sendAgain(to);
    toast(words().account.sentAgain);
  } catch (error) {
    toast(refusalInWords(error), { kind: "problem" });
  }
}

/** @param {string} next @param {boolean} [withOr] */
const providers = (next, withOr = true) => (options.value.providers.length ? html`
  <div class="stack tight">
    ${options.value.providers.map(({ title, url }) => html`
      <a class="quiet wide" href="${url}?${new URLSearchParams({ next })}">${words().account.signInWith(title)}</a>`)}
  </div>
  ${withOr ? html`<p class="entry-or small soft"><span>${words().account.or}</span></p>` : nothing}` : nothing);

const asGuest = () => {
  if (me.value.kind === "guest") return html`<p><a href="/">${words().account.asGuest}</a></p>`;
  if (!options.value.guests) return nothing;
  return html`<p><button type="button" class="link" @click=${() => void goOnAsGuest()}>${words().account.asGuest}</button></p>`;
};

/** @param {string} next */
function withForgotten(next) {
  const address = signInAddress(next);
  return `${address}${address.includes("?") ? "&" : "?"}forgotten`;
}
