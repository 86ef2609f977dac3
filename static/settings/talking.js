// @ts-check
// Which model answers, what it is told first, and how it chooses its words.

import { classMap, html, live, nothing } from "../core/dom.js";
import { signal } from "../core/signal.js";
import { number, words } from "../core/words.js";
import { EFFORTS, LIMITS, LONGEST_STOP, MOST_STOPS, chooseTalking, choices, fits, isChosen, resetTalking } from "./choices.js";
import { section, topic } from "./pieces.js";

/** @import { App } from "../app.js" */
/** @import { Model } from "../status/server_status.js" */
/** @typedef {"temperature" | "top_p" | "max_output_tokens" | "seed"} Figure */

/** What was written and is no good, by the name of its field. @type {import("../core/signal.js").Signal<Record<string, string>>} */
const wrong = signal({});

/** @param {App} app */
export function talkingView(app) {
  const text = words().settings.talking;
  const chosen = choices.value;
  const models = app.server.models.value;
  return section(text.title, text.lead, html`
    ${topic(text.model, text.modelHint, modelsView(models, app.server.status.value?.model ?? ""))}
    ${topic(text.instructions, text.instructionsHint, html`
      <textarea rows="4" aria-label=${text.instructions} placeholder=${text.instructionsExample} .value=${live(chosen.instructions)}
                @input=${(/** @type {Event} */ event) => chooseTalking({ instructions: valueOf(event) })}></textarea>`)}
    ${topic(text.words, "", html`
      <div class="stack">
        ${slider("temperature", text.temperature, text.temperatureHint, 1)}
        ${slider("top_p", text.topP, text.topPHint, 1)}
        ${figure("max_output_tokens", text.maxTokens, text.maxTokensHint)}
        ${effortField(abilities(models, app.server.status.value?.model ?? ""))}
      </div>`)}
    <details class="topic">
      <summary><h3>${text.more}</h3></summary>
      <div class="stack">
        ${figure("seed", text.seed, text.seedHint)}
        <label class="field"><span>${text.stop}</span>
          <textarea rows="2" .value=${chosen.stop.join("\n")} aria-describedby="stop-hint" @change=${stopsChanged}></textarea>
          <span class="field-hint" id="stop-hint">${text.stopHint(MOST_STOPS)}</span></label>
      </div>
    </details>
    <footer class="row topic-foot">
      <p class="grow small soft">${text.kept}</p>
      <button type="button" class="quiet" aria-disabled=${String(!isChosen(chosen))} @click=${reset}>${text.reset}</button>
    </footer>`);
}

/** @param {Model[]} models @param {string} own the installation's */
function modelsView(models, own) {
  const text = words().settings.talking;
  const chosen = choices.value.model;
  const gone = chosen && !models.some((model) => model.id === chosen);
  return html`
    <div class="models" role="radiogroup" aria-label=${text.model}>
      ${modelChoice("", text.own, own ? html`<span>${text.ownIs(own)}</span>` : nothing, chosen)}
      ${models.map((model) => modelChoice(model.id, model.id, traits(model), chosen))}
      ${gone ? modelChoice(chosen, chosen, html`<span class="gone">${text.gone}</span>`, chosen) : nothing}
    </div>`;
}

/** @param {string} id @param {string} name @param {unknown} about @param {string} chosen */
const modelChoice = (id, name, about, chosen) => html`
  <label class=${classMap({ choice: true, chosen: id === chosen })}>
    <input type="radio" name="model" value=${id} .checked=${live(id === chosen)} @change=${() => chooseTalking({ model: id })}>
    <span class="choice-name">${name}</span><span class="choice-about">${about}</span></label>`;

/** @param {Model} model */
function traits(model) {
  const text = words().settings.talking;
  const context = model["parley:context_tokens"];
  /** @type {string[]} */
  const capabilities = model["parley:capabilities"] ?? [];
  const parameters = model["parley:parameters"];
  if (model["parley:state"] === "loading") return html`<span>${text.loading}</span>`;
  return html`
    ${parameters ? html`<span>${text.size(number(parameters, { notation: "compact" }))}</span>` : nothing}
    ${context ? html`<span>${text.context(number(context))}</span>` : nothing}
    ${capabilities.map((one) => html`<span class="tag">${/** @type {Record<string, string>} */ (text.capabilities)[one] ?? one}</span>`)}`;
}

/** What the model that would be asked can do; null where nobody says. @param {Model[]} models @param {string} own @returns {string[] | null} */
function abilities(models, own) {
  const asked = choices.value.model || own;
  return models.find((model) => model.id === asked)?.["parley:capabilities"] ?? null;
}

/** @param {"temperature" | "top_p"} name @param {string} label @param {string} hint @param {number} middle where it stands while nothing is chosen */
function slider(name, label, hint, middle) {
  const text = words().settings.talking;
  const value = choices.value[name];
  const { least, most, step } = LIMITS[name];
  const said = value === null ? text.default : number(value, { maximumFractionDigits: 2 });
  return html`
    <div class="field slider" data-chosen=${value !== null}>
      <div class="row"><label class="grow" for="${name}-field">${label}</label><output class="small" for="${name}-field">${said}</output>
        ${value === null ? nothing : html`<button type="button" class="link small" aria-label=${text.toDefault(label)} @click=${() => chooseTalking({ [name]: null })}>${text.default}</button>`}</div>
      <input id="${name}-field" type="range" min=${least} max=${most} step=${step} .value=${live(String(value ?? middle))}
             aria-valuetext=${said} aria-describedby="${name}-hint"
             @input=${(/** @type {Event} */ event) => chooseTalking({ [name]: Number(valueOf(event)) })}>
      <p class="field-hint" id="${name}-hint">${hint}</p>
    </div>`;
}

/** @param {"max_output_tokens" | "seed"} name @param {string} label @param {string} hint */
function figure(name, label, hint) {
  const text = words().settings.talking;
  const value = choices.value[name];
  const problem = wrong.value[name] ?? "";
  return html`
    <label class="field"><span>${label}</span>
      <input type="number" inputmode="numeric" min=${LIMITS[name].least} step="1" placeholder=${text.default} .value=${problem ? wrong.value[`${name} as written`] : String(value ?? "")}
             aria-invalid=${problem ? "true" : nothing} aria-describedby="${name}-hint" @change=${(/** @type {Event} */ event) => figureChanged(name, event)}>
      <span class=${problem ? "field-problem" : "field-hint"} id="${name}-hint">${problem || hint}</span></label>`;
}

/** @param {string[] | null} capabilities */
function effortField(capabilities) {
  const text = words().settings.talking;
  const can = !capabilities || capabilities.includes("reasoning");
  const chosen = choices.value.reasoning_effort ?? "";
  return html`
    <label class="field"><span>${text.effort}</span>
      <select ?disabled=${!can} aria-describedby="effort-hint" .value=${live(chosen)}
              @change=${(/** @type {Event} */ event) => chooseTalking({ reasoning_effort: valueOf(event) || null })}>
        <option value="" ?selected=${!chosen}>${text.default}</option>
        ${EFFORTS.map((one) => html`<option value=${one} ?selected=${one === chosen}>${/** @type {Record<string, string>} */ (text.efforts)[one]}</option>`)}
      </select>
      <span class="field-hint" id="effort-hint">${can ? text.effortHint : text.effortCannot}</span></label>`;
}

/** @param {"max_output_tokens" | "seed"} name @param {Event} event */
function figureChanged(name, event) {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const value = field.value === "" && !field.validity.badInput ? null : field.valueAsNumber;
  const fine = value === null || fits(name, value);
  const { [name]: _, [`${name} as written`]: __, ...others } = wrong.value;
  wrong.value = fine ? others : {
    ...others, [name]: words().settings.talking.range(number(LIMITS[name].least)), [`${name} as written`]: field.value };
  if (fine) chooseTalking({ [name]: value });
}

/** One on each line. @param {Event} event */
function stopsChanged(event) {
  const stops = valueOf(event).split("\n").filter((line) => line && line.length <= LONGEST_STOP);
  chooseTalking({ stop: [...new Set(stops)] });
}

function reset() {
  wrong.value = {};
  resetTalking();
}

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} */ (event.target).value;
