// @ts-check
// The list in groups by when something last happened, as a calendar has it.

/** @import { Conversation } from "./conversation.js" */
/** @typedef {"pinned" | "today" | "yesterday" | "week" | "month"} Named */
/** `month`: the first day of the month that the group is named for. @typedef {{key: string, named?: Named, month?: Date, all: Conversation[]}} Group */

/**
 * Those that are not archived.
 * @param {Conversation[]} all the last used first
 * @param {Date} now
 * @returns {Group[]}
 */
export function groupsOf(all, now) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  const put = (/** @type {Conversation} */ one, /** @type {Omit<Group, "all">} */ where) => {
    const group = groups.get(where.key) ?? { ...where, all: [] };
    groups.set(where.key, group);
    group.all.push(one);
  };
  const shown = all.filter((one) => !one.archived);
  for (const one of shown) if (one.pinned) put(one, { key: "pinned", named: "pinned" });
  for (const one of shown) if (!one.pinned) put(one, placeOf(new Date(one.updatedAt * 1000), now));
  return [...groups.values()];
}

/**
 * @param {Date} used
 * @param {Date} now
 * @returns {Omit<Group, "all">}
 */
function placeOf(used, now) {
  const day = (/** @type {number} */ ago) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - ago);
  /** @type {[Named, Date][]} */
  const named = [["today", day(0)], ["yesterday", day(1)], ["week", day(7)], ["month", day(30)]];
  const found = named.find(([, since]) => used >= since);
  if (found) return { key: found[0], named: found[0] };
  const month = new Date(used.getFullYear(), used.getMonth());
  return { key: `${month.getFullYear()}-${month.getMonth()}`, month };
}
