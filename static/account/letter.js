// @ts-check
// What the links in letters lead to: it shows the server the token, which stands behind `#`. No markup.

import { Form } from "../core/form.js";
import { http } from "../core/http.js";
import { route } from "../core/router.js";
import { effect, signal, untracked } from "../core/signal.js";
import { readMe } from "./me.js";

/** @typedef {"none" | "asking" | "confirmed" | "refused" | "choosing" | "chosen"} LetterState */

export class Letter {
  /** @type {import("../core/signal.js").Signal<LetterState>} */
  state = signal(/** @type {LetterState} */ ("none"));
  /** Why the token is no good. @type {import("../core/signal.js").Signal<unknown>} */
  refused = signal(/** @type {unknown} */ (null));
  /** Whether the password is the account's first. */
  invited = signal(false);
  choose = new Form(({ password }) => this.#choose(password));
  #token = "";

  constructor() {
    effect(() => {
      if (route.value.name === "letter") untracked(() => this.#open());
    });
  }

  /** Ask again, where it was only the server that was away. */
  async confirm() {
    this.state.value = "asking";
    try {
      await http.post("/v1/auth/verify", { token: this.#token });
      this.state.value = "confirmed";
    } catch (error) {
      this.refused.value = error;
      this.state.value = "refused";
      return;
    }
    await readMe().catch(() => null);
  }

  #open() {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (location.hash) history.replaceState(null, "", location.pathname); // the token shall stay in no history
    const [verify, reset, invitation] = [asked.get("verify"), asked.get("reset"), asked.get("invitation")];
    if (!verify && !reset && !invitation) return;
    this.#token = verify ?? reset ?? invitation ?? "";
    this.invited.value = Boolean(invitation);
    if (verify) void this.confirm();
    else this.state.value = "choosing";
  }

  /** Whoever was signed in is not any more, here too. @param {string} password */
  async #choose(password) {
    await http.post("/v1/auth/reset-password", { token: this.#token, password });
    this.state.value = "chosen";
    await http.post("/v1/auth/logout").catch(() => null);
    await readMe().catch(() => null);
  }
}
