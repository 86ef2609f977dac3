// @ts-check
// The dialog that an account for somebody else is made in: they choose its password themselves, by letter.

import { options, readOptions } from "../account/options.js";
import { refusal, submit } from "../account/pieces.js";
import { html } from "../core/dom.js";
import { Form } from "../core/form.js";
import { words } from "../core/words.js";
import { openDialog } from "../ui/dialog.js";
import { toast } from "../ui/toasts.js";

/** @import { Users } from "./users.js" */

/** @param {Users} users */
export async function openInvitation(users) {
  const text = words().admin.users;
  void readOptions(); // whether letters go out
  let close = () => {};
  const form = new Form(async ({ email, name, administrator }) => {
    await users.invite({ email: email.trim(), display_name: name.trim(), role: administrator ? "administrator" : "user" });
    toast(`${text.invited(email.trim())} ${options.value.mail === false ? text.letterInLog : ""}`.trim());
    close();
  });
  await openDialog(text.inviteTitle, (closing) => {
    close = closing;
    return html`
      <form class="stack" @submit=${form.submit}>
        <p class="soft">${text.inviteLead}</p>
        ${refusal(form)}
        <label class="field"><span>${words().account.address}</span>
          <input type="email" name="email" required maxlength="320" autocomplete="off" autocapitalize="none" spellcheck="false"></label>
        <label class="field"><span>${text.inviteName}</span><input name="name" maxlength="200" autocomplete="off"></label>
        <label class="switch"><input type="checkbox" name="administrator"><span>${text.inviteAsAdministrator}</span></label>
        ${submit(form, text.invite)}
      </form>`;
  });
}
