// @ts-check
// What an answer says.

import { html } from "../core/dom.js";

/** @param {string} text */
export const saidView = (text) => html`<p class="read-plain" dir="auto">${text}</p>`;
