// @ts-check
// What becomes of a form that is sent: it is on its way, was refused, or has been taken. No markup.

import { signal } from "./signal.js";

/** @typedef {Record<string, string>} Fields what was written, by the names of the controls */

export class Form {
  busy = signal(false);
  /** Why it was refused; null: it was not. @type {import("./signal.js").Signal<unknown>} */
  refused = signal(/** @type {unknown} */ (null));

  /** @param {(fields: Fields, form: HTMLFormElement) => Promise<void>} act what throws is why it was refused */
  constructor(act) {
    this.act = act;
  }

  /** The form's `submit`. @param {SubmitEvent} event */
  submit = (event) => {
    event.preventDefault();
    void this.#send(/** @type {HTMLFormElement} */ (event.currentTarget));
  };

  /** Nobody looks at it any more. */
  clear() {
    this.refused.value = null;
  }

  /** @param {HTMLFormElement} form */
  async #send(form) {
    if (this.busy.value) return;
    this.clear();
    this.busy.value = true;
    try {
      await this.act(fieldsOf(form), form);
    } catch (error) {
      this.refused.value = error;
    } finally {
      this.busy.value = false;
    }
  }
}

/** @param {HTMLFormElement} form @returns {Fields} */
const fieldsOf = (form) => Object.fromEntries(
  [...new FormData(form)].flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
