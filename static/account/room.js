// @ts-check
// Signing in and up.

import { html } from "../core/dom.js";
import { words } from "../core/words.js";

/** @import { App, Room } from "../app.js" */

/**
 * @param {App} app
 * @returns {Room}
 */
export function createAccountRoom(app) {
  void app;
  return { view: () => html`<div class="room"><div class="room-inner"><h1>${words().account.title}</h1></div></div>` };
}
