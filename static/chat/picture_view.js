// @ts-check
// A picture of a question: small where it was asked, and as large as the page on demand.

import { html } from "../core/dom.js";
import { words } from "../core/words.js";
import { openDialog } from "../ui/dialog.js";

/** @param {string} url */
export function pictureView(url) {
  const text = words().chat;
  return html`
    <button type="button" class="picture-button" title=${text.enlarge} @click=${() => void enlarge(url)}>
      <img class="picture" src=${url} alt=${text.picture}></button>`;
}

/** @param {string} url */
const enlarge = (url) => openDialog(words().chat.picture, () => html`<img class="picture" src=${url} alt=${words().chat.picture}>`, { kind: "enlarged" });
