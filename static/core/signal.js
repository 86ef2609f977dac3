// @ts-check
// The one place that knows which library holds the page's state.

export { batch, computed, effect, signal, untracked } from "../vendor/signals-core/signals-core.mjs";

/**
 * @template T
 * @typedef {import("../vendor/signals-core/signals-core.mjs").Signal<T>} Signal
 */
/**
 * @template T
 * @typedef {import("../vendor/signals-core/signals-core.mjs").ReadonlySignal<T>} ReadonlySignal
 */
