// @ts-check
// The name and its sign.

import { html } from "../core/dom.js";

export const brand = () => html`
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <path class="brand-shape" d="M7 4h18a4 4 0 0 1 4 4v11a4 4 0 0 1-4 4H15l-7 6v-6H7a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4z"/>
    <g class="brand-dots"><circle cx="10.5" cy="13.5" r="2"/><circle cx="16" cy="13.5" r="2"/><circle cx="21.5" cy="13.5" r="2"/></g>
  </svg>Parley`;
