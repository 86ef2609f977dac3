// @ts-check
// Where one writes: the text field, and the button that sends or stops.

import { find } from "./elements.js";

export class ComposerView {
  /**
   * @param {(text: string) => void} ask
   * @param {() => void} stop
   */
  constructor(ask, stop) {
    this.ask = ask;
    this.stop = stop;
    this.form = find("composer", HTMLFormElement);
    this.field = find("message", HTMLTextAreaElement);
    this.sendButton = find("send", HTMLButtonElement);
    this.stopButton = find("stop", HTMLButtonElement);
    this.ready = false;
    this.busy = false;
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.field.addEventListener("input", () => this.refresh());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.stopButton.addEventListener("click", () => this.stop());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.busy) this.stop();
    });
    this.refresh();
  }

  /**
   * @param {boolean} ready whether the server takes questions
   * @param {boolean} busy whether an answer is under way
   */
  show(ready, busy) {
    const hadFocus = document.activeElement === this.stopButton || document.activeElement === this.sendButton;
    Object.assign(this, { ready, busy });
    this.stopButton.hidden = !busy;
    this.sendButton.hidden = busy;
    this.refresh();
    if (hadFocus && !busy) this.field.focus();
  }

  /** @param {string} text */
  put(text) {
    this.field.value = text;
    this.refresh();
    this.field.focus();
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    if (this.sendButton.disabled || this.busy) return;
    const text = this.field.value.trim();
    this.put("");
    this.ask(text);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // Enter also ends a word in Japanese
    event.preventDefault();
    this.form.requestSubmit();
  }

  refresh() {
    this.sendButton.disabled = !this.ready || !this.field.value.trim();
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
  }
}
