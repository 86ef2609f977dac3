// @ts-check
// One's name, address and password.

import { me, readMe, signedIn } from "../account/me.js";
import { options } from "../account/options.js";
import { refusal } from "../account/pieces.js";
import { html, nothing } from "../core/dom.js";
import { Form } from "../core/form.js";
import { http } from "../core/http.js";
import { words } from "../core/words.js";
import { icon } from "../ui/icons.js";
import { passwordField } from "../ui/password_field.js";
import { toast } from "../ui/toasts.js";
import { needsAccount, section, topic, tried } from "./pieces.js";

export class Profile {
  name = new Form(async ({ display_name: name }) => {
    await http.patch("/v1/account", { display_name: name.trim() });
    await readMe();
    toast(words().settings.profile.nameKept);
  });
  address = new Form(async ({ email, password }, form) => {
    await http.post("/v1/account/email", { email, password });
    form.reset();
    toast(words().settings.profile.addressAsked(email));
  });
  password = new Form(async ({ current, password }, form) => {
    await http.post("/v1/account/password", { current_password: current, password });
    form.reset();
    toast(words().settings.profile.passwordKept);
  });

  /** The letter that shows that the address is one's own. */
  sendLetter() {
    return tried(() => http.post("/v1/auth/request-verify", { email: me.value.email }), words().settings.profile.letterSent(me.value.email));
  }

  /** For who signs in elsewhere, and has no password here. */
  sendReset() {
    return tried(() => http.post("/v1/auth/forgot-password", { email: me.value.email }), words().settings.profile.letterSent(me.value.email));
  }
}

/** @param {Profile} profile */
export function profileView(profile) {
  const text = words().settings.profile;
  return section(text.title, "", html`
    ${topic(text.name, text.nameHint, html`
      <form class="row" @submit=${profile.name.submit}>
        <input class="grow" type="text" name="display_name" aria-label=${text.name} maxlength="200" autocomplete="name" .value=${me.value.displayName}>
        <button type="submit" class="quiet">${words().common.save}</button>
      </form>${refusal(profile.name)}`)}
    ${signedIn.value ? html`${addressPart(profile)}${passwordPart(profile)}` : needsAccount(text.needsAccount)}`);
}

/** @param {Profile} profile */
function addressPart(profile) {
  const text = words().settings.profile;
  const { email, verified } = me.value;
  return topic(words().account.address, "", html`
    <p class="row"><span class="address">${email}</span>
      ${verified ? html`<span class="standing" data-kind="good">${icon("check")}${text.verified}</span>` : html`
        <span class="standing">${text.unverified}</span>
        <button type="button" class="link small" @click=${() => void profile.sendLetter()}>${words().account.sendAgain}</button>`}</p>
    ${!verified && options.value.mail === false ? html`<p class="field-hint">${words().account.noMail}</p>` : nothing}
    <details class="unfold"><summary>${text.changeAddress}</summary>
      <form class="stack" @submit=${profile.address.submit}>
        ${refused(profile.address)}
        <label class="field"><span>${text.newAddress}</span>
          <input type="email" name="email" required maxlength="320" autocomplete="email" autocapitalize="none" spellcheck="false"></label>
        ${passwordField({ label: words().account.password, name: "password", id: "address-password" })}
        <p class="field-hint">${text.addressHint}</p>
        <p class="row end"><button type="submit" class="primary">${words().account.sendLetter}</button></p>
      </form></details>`);
}

/** @param {Profile} profile */
function passwordPart(profile) {
  const text = words().settings.profile;
  return topic(words().account.password, "", html`
    <details class="unfold"><summary>${text.changePassword}</summary>
      <form class="stack" @submit=${profile.password.submit}>
        ${refused(profile.password)}
        <input type="email" name="username" hidden autocomplete="username" readonly .value=${me.value.email}>
        ${passwordField({ label: text.currentPassword, name: "current" })}
        ${passwordField({ label: words().account.newPassword, name: "password", fresh: true, hint: words().account.passwordHint })}
        <p class="field-hint">${text.passwordEffect} <button type="button" class="link" @click=${() => void profile.sendReset()}>${text.noPassword}</button></p>
        <p class="row end"><button type="submit" class="primary">${text.changePassword}</button></p>
      </form></details>`);
}

/** Of a password that was asked for again, `invalid_credentials` says only that it is not the right one. @param {Form} form */
export const refused = (form) => {
  const { code = "" } = /** @type {{code?: string}} */ (form.refused.value ?? {});
  if (code !== "invalid_credentials") return refusal(form);
  return html`<div class="notice problem" role="alert">${words().settings.profile.notYours}</div>`;
};
