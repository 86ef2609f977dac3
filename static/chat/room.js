// @ts-check
// The room where one asks and reads.

import { html } from "../core/dom.js";
import { words } from "../core/words.js";
import { sidebarButton } from "../shell.js";

/** @import { App, Room } from "../app.js" */

/**
 * @param {App} app
 * @returns {Room}
 */
export function createChatRoom(app) {
  void app;
  return { view: () => html`<header class="bar">${sidebarButton()}<h1 class="bar-title">${words().chat.title}</h1></header>` };
}
