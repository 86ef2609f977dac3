// @ts-check
// The list of all keys that do something.

import { html, nothing } from "./core/dom.js";
import { combinationsOf, keysInWords, singleKeys } from "./core/shortcuts.js";
import { words } from "./core/words.js";
import { choices } from "./settings/choices.js";
import { openDialog } from "./ui/dialog.js";

/** @import { Combination, Shortcut } from "./core/shortcuts.js" */

/** @type {Record<"anywhere" | "chat" | "list", Shortcut[]>} */
const GROUPS = {
  anywhere: ["newChat", "search", "sidebar", "settings", "help"],
  chat: ["composer", "stop", "editLast", "copyAnswer", "copyCode"],
  list: ["rename", "remove", "undo"],
};

export function openShortcuts() {
  const text = words().keys;
  return openDialog(text.title, () => html`
    ${Object.entries(GROUPS).map(([group, names]) => html`
      <section class="keys">
        <h3>${text.groups[/** @type {keyof typeof GROUPS} */ (group)]}</h3>
        <dl>${group === "chat" ? writing() : nothing}${names.map((name) => row(text.does[name], combinationsOf(name)))}</dl>
      </section>`)}
    <p class="soft small">${singleKeys.value ? text.singleAreOn : text.singleAreOff}</p>`, { kind: "keys-dialog" });
}

/** What sends is chosen in the settings. */
function writing() {
  const text = words().keys.does;
  const enter = { key: "Enter" };
  const { sendWithEnter } = choices.value;
  return html`
    ${row(text.send, [sendWithEnter ? enter : { ...enter, command: true }])}
    ${row(text.newLine, [sendWithEnter ? { ...enter, shift: true } : enter])}`;
}

/** @param {string} does @param {Combination[]} combinations */
const row = (does, combinations) => html`
  <div><dt>${does}</dt><dd>${combinations.map((one, at) => html`${at ? html` <span class="soft small">${words().keys.or}</span> ` : nothing}<span class="combination">${
  keysInWords(one).map((key, i) => html`${i ? " " : nothing}<kbd>${key}</kbd>`)}</span>`)}</dd></div>`;
