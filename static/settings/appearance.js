// @ts-check
// How the page looks, which language it speaks, and what Enter does.

import { classMap, html, live } from "../core/dom.js";
import { chooseSingleKeys, perform, shortcutInWords, singleKeys } from "../core/shortcuts.js";
import { chooseTheme, theme } from "../core/theme.js";
import { choose, language, languages, words } from "../core/words.js";
import { icon } from "../ui/icons.js";
import { chooseTalking, choices } from "./choices.js";
import { section, topic } from "./pieces.js";

/** @type {[import("../core/theme.js").Theme, import("../ui/icons.js").IconName][]} */
const THEMES = [["system", "screen"], ["light", "sun"], ["dark", "moon"]];

export function appearanceView() {
  const text = words().settings.appearance;
  return section(text.title, text.lead, html`
    ${topic(text.theme, "", html`
      <div class="segments" role="radiogroup" aria-label=${text.theme}>
        ${THEMES.map(([name, picture]) => html`
          <label class=${classMap({ segment: true, chosen: theme.value === name })}>
            <input type="radio" name="theme" value=${name} .checked=${live(theme.value === name)} @change=${() => chooseTheme(name)}>
            ${icon(picture)}<span>${text.themes[name]}</span></label>`)}
      </div>`)}
    ${topic(text.language, "", html`
      <select aria-label=${text.language} .value=${live(language.value)}
              @change=${(/** @type {Event} */ event) => void choose(/** @type {HTMLSelectElement} */ (event.target).value)}>
        ${languages.value.map((code) => html`<option value=${code} lang=${code} ?selected=${code === language.value}>${ownName(code)}</option>`)}
      </select>`)}
    ${topic(text.writing, "", html`
      <label class="switch"><input type="checkbox" .checked=${live(choices.value.sendWithEnter)}
        @change=${(/** @type {Event} */ event) => chooseTalking({ sendWithEnter: /** @type {HTMLInputElement} */ (event.target).checked })}>
        <span>${text.sendWithEnter}</span></label>
      <p class="field-hint">${choices.value.sendWithEnter ? text.enterSends : text.enterBreaks}</p>`)}
    ${topic(words().keys.title, "", html`
      <label class="switch"><input type="checkbox" .checked=${live(singleKeys.value)}
        @change=${(/** @type {Event} */ event) => chooseSingleKeys(/** @type {HTMLInputElement} */ (event.target).checked)}>
        <span>${text.singleKeys}</span></label>
      <p class="field-hint">${text.singleKeysHint(shortcutInWords("help"))}</p>
      <p><button type="button" class="quiet" @click=${() => perform("help")}>${text.showKeys}</button></p>`)}`);
}

/** What a language calls itself. @param {string} code */
function ownName(code) {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return name[0].toLocaleUpperCase(code) + name.slice(1);
}
