// @ts-check
// The copy of the list that this browser keeps, so that it is there at once. It is one user's, and goes when that one signs out.

import { recall, remember } from "../core/memory.js";

/** @import { Conversation } from "./conversation.js" */

const MOST = 200;

/** @param {string} user */
const name = (user) => `of.${user}.conversations`;

/**
 * @param {string} user
 * @returns {Conversation[]}
 */
export const copyOf = (user) => recall(name(user), []);

/**
 * @param {string} user
 * @param {Conversation[]} all
 */
export function keepCopy(user, all) {
  const pinned = all.filter((one) => one.pinned && !one.archived);
  const others = all.filter((one) => !one.pinned && !one.archived).slice(0, MOST);
  remember(name(user), [...pinned, ...others].map((one) => ({ ...one, running: false })));
}
