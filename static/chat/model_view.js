// @ts-check
// Which model one talks to, another one to choose, and the truth about a small one.

import { html, nothing } from "../core/dom.js";
import { number, words } from "../core/words.js";
import { chooseTalking } from "../settings/choices.js";
import { openDialog } from "../ui/dialog.js";
import { icon } from "../ui/icons.js";
import { menuButton } from "../ui/menu.js";
import { copyButton } from "./copy_button.js";
import { chosenModel, findModel, isSmall, nameOf, parametersOf } from "./models.js";

/** @import { Desk } from "./desk.js" */

const BIGGER = "PARLEY_MODEL=Qwen/Qwen3-8B make run";

/** The model's name; a choice where there are several. @param {Desk} desk */
export function modelView({ server }) {
  const id = chosenModel(server);
  const live = server.models.value;
  if (!id) return nothing;
  if (live.length < 2) return html`<span class="model clip" title=${id}>${nameOf(id)}</span>`;
  return menuButton({
    label: words().chat.modelIs(nameOf(id)), face: html`<span class="clip">${nameOf(id)}</span>${icon("down")}`, kind: "bare model-choice",
    items: live.map((model) => ({ name: nameOf(model.id), checked: model.id === id, run: () => chooseTalking({ model: model.id }) })),
  });
}

/** @param {Desk} desk */
export function modelHintView({ server }) {
  const text = words().chat;
  const id = chosenModel(server);
  if (!id || !isSmall(id, findModel(server, id))) return html`<p class="hint">${id ? text.mayErr : nothing}</p>`;
  const parameters = number(parametersOf(id, findModel(server, id)) ?? 0, { notation: "compact", compactDisplay: "long" });
  return html`<p class="hint">${text.isSmall(nameOf(id), parameters)} <button type="button" class="link" @click=${howToRunBigger}>${text.bigger}</button></p>`;
}

function howToRunBigger() {
  const text = words().chat;
  return openDialog(text.biggerTitle, () => html`
    <p>${text.biggerHow}</p>
    <div class="command"><pre tabindex="0"><code>${BIGGER}</code></pre>${copyButton(words().common.copy, () => BIGGER)}</div>
    <p class="soft small">${text.biggerMore}</p>`);
}
