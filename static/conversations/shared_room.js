// @ts-check
// A conversation that somebody shared, as whoever has the link reads it.

import { html } from "../core/dom.js";
import { words } from "../core/words.js";

/** @import { App, Room } from "../app.js" */

/**
 * @param {App} app
 * @returns {Room}
 */
export function createSharedRoom(app) {
  void app;
  return { view: () => html`<h1>${words().conversations.title}</h1>` };
}
