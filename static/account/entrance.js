// @ts-check
// Signing in and up, and a forgotten password: what is asked of the server, and what became of it. No markup.

import { Form } from "../core/form.js";
import { ApiError, http } from "../core/http.js";
import { route } from "../core/router.js";
import { effect, signal } from "../core/signal.js";
import { me, readMe } from "./me.js";

/** @import { Fields } from "../core/form.js" */

export class Entrance {
  signIn = new Form((fields) => this.#signIn(fields));
  signUp = new Form((fields) => this.#signUp(fields));
  forgotten = new Form((fields) => this.#forgotten(fields));
  /** To whom a letter went, and what for; null: there was none. @type {import("../core/signal.js").Signal<{to: string, what: "verify" | "reset"} | null>} */
  letter = signal(/** @type {{to: string, what: "verify" | "reset"} | null} */ (null));
  /** The address that was written last: nobody wants to write it twice. */
  address = "";

  /** @param {(wasGuest: boolean, isNew: boolean) => void} entered somebody is signed in now */
  constructor(entered) {
    this.entered = entered;
    effect(() => {
      route.value; // another view: what went wrong in the last one is over
      this.letter.value = null;
      for (const form of [this.signIn, this.signUp, this.forgotten]) form.clear();
    });
  }

  /** Again the letter that shows that an address is one's own. @param {string} to */
  async sendAgain(to) {
    await http.post("/v1/auth/request-verify", { email: to });
    this.letter.value = { to, what: "verify" };
  }

  /** @param {Fields} fields */
  async #signIn({ email, password }) {
    this.address = email;
    await this.#enter(email, password, false);
  }

  /** The server's answer is the same for an address that has an account; whether it was new, signing in shows. @param {Fields} fields */
  async #signUp({ email, password, display_name: name = "" }) {
    this.address = email;
    await http.post("/v1/auth/register", { email, password, display_name: name });
    try {
      await this.#enter(email, password, true);
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "invalid_credentials") throw error;
      this.letter.value = { to: email, what: "verify" };
    }
  }

  /** @param {Fields} fields */
  async #forgotten({ email }) {
    this.address = email;
    await http.post("/v1/auth/forgot-password", { email });
    this.letter.value = { to: email, what: "reset" };
  }

  /** @param {string} email @param {string} password @param {boolean} isNew */
  async #enter(email, password, isNew) {
    const wasGuest = me.value.kind === "guest";
    await http.post("/v1/auth/login", { email, password });
    await readMe();
    this.entered(wasGuest, isNew);
  }
}
