// @ts-check
// The list at the side.

import { html } from "../core/dom.js";

/** @import { App, Room } from "../app.js" */

/**
 * @param {App} app
 * @returns {Room}
 */
export function createSidebar(app) {
  return { view: () => html`<ul>${app.conversations.all.value.map((one) => html`<li><a href="/c/${one.id}">${one.title}</a></li>`)}</ul>` };
}
