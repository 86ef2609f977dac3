// @ts-check
// What is going on while the server gets ready: its steps, and how far each is.

import { html, nothing } from "../core/dom.js";
import { words } from "../core/words.js";
import { stepsOf } from "../status/server_status.js";

/** @import { Step } from "../status/server_status.js" */
/** @import { Desk } from "./desk.js" */

/** @param {Desk} desk */
export function loadingView({ server }) {
  const status = server.status.value;
  if (!status || status.ready) return nothing;
  const text = words().chat;
  const steps = stepsOf(status);
  return html`
    <section class="loading" aria-labelledby="loading-title">
      <h2 id="loading-title">${text.gettingReady}</h2>
      <p class="soft small">${text.askAlready}</p>
      <ol>${steps.map(stepView)}</ol>
    </section>`;
}

/** @param {Step} step */
function stepView({ step, message, progress, done, failed }) {
  const state = failed ? "failed" : done ? "done" : "running";
  return html`
    <li class="step" data-state=${state}>
      <span class="step-name">${step}</span>
      <span class="step-message">${message}${done ? html`<span class="unseen"> ${words().common.done}</span>` : nothing}</span>
      ${state === "running" ? progressView(step, progress) : nothing}
    </li>`;
}

/**
 * Without a value the bar only says that something goes on.
 * @param {string} name
 * @param {number | null} progress
 */
const progressView = (name, progress) => (progress === null
  ? html`<progress aria-label=${name}></progress>` : html`<progress aria-label=${name} .value=${progress} max="1"></progress>`);
