// @ts-check
// How fast the installation was in the last hour.

import { html } from "../core/dom.js";
import { words } from "../core/words.js";
import { plotsView } from "./plot_view.js";
import { stateOf } from "./state.js";

/**
 * @param {import("./history.js").History} history
 * @param {import("../core/signal.js").ReadonlySignal<import("./plot.js").Shape[]>} shapes
 */
export function performanceView(history, shapes) {
  const text = words().admin.performance;
  return html`
    <div class="admin-head"><h2>${text.title}</h2><p class="soft small">${text.steps}</p></div>
    ${stateOf(history.reading, () => plotsView(history.plots.value, shapes.value))}`;
}
