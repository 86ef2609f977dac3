// @ts-check
// Shows which model is talking, how the connection is, and what is going on while one cannot chat yet.

import { find, make } from "./elements.js";
import { stepsOf } from "./status.js";

/** @import { Status, Step } from "./status.js" */
/** @import { ConnectionState } from "./connection.js" */

export class StatusView {
  constructor() {
    this.model = find("model", HTMLElement);
    this.name = find("model-name", HTMLElement);
    this.state = find("model-state", HTMLElement);
    this.progress = find("progress", HTMLElement);
    this.steps = find("steps", HTMLElement);
    this.notice = find("notice", HTMLElement);
    this.shown = "";
  }

  /**
   * @param {Status | null | undefined} status null: the server does not answer; undefined: it was not asked yet
   * @param {ConnectionState} connection
   * @param {string} problem
   */
  show(status, connection, problem) {
    const [state, words] = inWords(status, connection);
    this.model.dataset.state = state;
    if (status?.model) this.name.textContent = status.model;
    this.state.textContent = words;
    this.notice.textContent = problem;
    this.notice.hidden = !problem;
    this.showSteps(status && !status.ready ? stepsOf(status) : []);
  }

  /** @param {Step[]} steps */
  showSteps(steps) {
    const shown = JSON.stringify(steps);
    if (shown === this.shown) return;
    this.shown = shown;
    this.progress.hidden = !steps.length;
    this.steps.replaceChildren(...steps.map(line));
  }
}

/**
 * @param {Status | null | undefined} status
 * @param {ConnectionState} connection
 * @returns {[string, string]}
 */
function inWords(status, connection) {
  if (connection === "refused") return ["away", "not connected"];
  if (status === null || connection === "waiting") return ["away", "connection lost, trying again …"];
  if (!status || connection !== "open") return ["connecting", "connecting …"];
  return status.ready ? ["ready", "ready"] : ["loading", "getting ready …"];
}

/** @param {Step} step */
function line(step) {
  const state = step.failed ? "failed" : step.done ? "done" : "running";
  const item = make("li", "step", make("span", "step-name", step.step), make("span", "step-message", step.message));
  item.dataset.state = state;
  if (state !== "running") {
    item.append(make("span", "unseen", state === "done" ? "done" : "failed"));
    return item;
  }
  const bar = make("progress");
  bar.max = 1;
  if (step.progress !== null) bar.value = step.progress;
  bar.ariaLabel = step.step;
  item.append(bar);
  return item;
}
