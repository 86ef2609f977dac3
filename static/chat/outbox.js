// @ts-check
// Questions that the server has not confirmed yet. They survive a reload of this tab, and are asked again with the same key:
// so none is lost, and none is asked twice.

import { recall, remember } from "../core/memory.js";

/** @import { Question } from "./turn.js" */

/**
 * `conversation` is empty where the question is the first of a new one.
 * @typedef {{conversation: string, key: string, question: Question, parentId: string | null, fields: Record<string, unknown> | null}} Unsent
 */

const NAME = "of.unsent";
const tab = () => sessionStorage;

/** @param {string} conversation @returns {Unsent[]} */
export const unsentIn = (conversation) => all().filter((one) => one.conversation === conversation);

/** @param {Unsent} unsent */
export function keepUnsent(unsent) {
  remember(NAME, [...all().filter(({ key }) => key !== unsent.key), unsent], tab);
}

/** @param {string} key */
export function forgetUnsent(key) {
  const others = all().filter((one) => one.key !== key);
  remember(NAME, others.length ? others : undefined, tab);
}

/** @returns {Unsent[]} */
function all() {
  const kept = recall(NAME, /** @type {Unsent[]} */ ([]), tab);
  return Array.isArray(kept) ? kept : [];
}
