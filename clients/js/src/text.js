/** @import {Event} from "./errors.js" */
import { DivergedError } from "./errors.js";

export const RESTARTED = "parley:restarted"; // made by the client: what follows is the whole response from its beginning
export const TERMINAL = new Set(["response.completed", "response.incomplete", "response.failed"]);
const DELTA = "response.output_text.delta";

/** The text of a response, out of its events. `text` is what those taken so far say, from the last restart on. */
export class Text {
  constructor() {
    this.text = "";
    this.said = ""; // before the last restart
  }

  /**
   * What is new. Throws DivergedError if it is not what was said before a restart: that cannot be unsaid.
   * @param {Event} event
   */
  take(event) {
    if (event.type === RESTARTED) {
      if (this.text.length > this.said.length) this.said = this.text;
      this.text = "";
    } else if (event.type === DELTA) {
      return this.add(event.delta);
    } else if (TERMINAL.has(event.type) && this.text.length < this.said.length) {
      throw diverged();
    }
    return "";
  }

  /** @param {string} delta */
  add(delta) {
    const start = this.text.length;
    this.text += delta;
    const again = this.said.slice(start, start + delta.length);
    if (!delta.startsWith(again)) throw diverged();
    return delta.slice(again.length);
  }
}

function diverged() {
  return new DivergedError("response_diverged", "Read again, the response's text is not what it was.");
}
