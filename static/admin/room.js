// @ts-check
// The room of admin.

import { html } from "../core/dom.js";
import { words } from "../core/words.js";

/** @import { App, Room } from "../app.js" */

/**
 * @param {App} app
 * @returns {Room}
 */
export function createAdminRoom(app) {
  void app;
  return { view: () => html`<div class="room"><div class="room-inner"><h1>${words().admin.title}</h1></div></div>` };
}
