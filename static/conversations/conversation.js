// @ts-check
// A conversation as the page knows it, without what is said in it.

/**
 * `titleBy`: "question" where the title is the first question, "model" or "user"; empty where there is no title.
 * `updatedAt`: when something last happened in it, a Unix time in seconds.
 * @typedef {{id: string, title: string, titleBy: string, pinned: boolean, archived: boolean, updatedAt: number, running: boolean}} Conversation
 */

/** @typedef {Partial<Pick<Conversation, "title" | "pinned" | "archived">>} Changes */

/**
 * @param {any} told the server's resource
 * @returns {Conversation}
 */
export const conversationOf = (told) => ({
  id: told.id,
  title: told["parley:title"] ?? "",
  titleBy: told["parley:title_by"] ?? "",
  pinned: told["parley:pinned"],
  archived: told["parley:archived"],
  updatedAt: told["parley:updated_at"],
  running: told["parley:running"].length > 0,
});

/**
 * @param {Changes} changes
 * @returns {Record<string, unknown>} as the server's API names them
 */
export const asTold = (changes) => Object.fromEntries(Object.entries(changes).map(([name, value]) => [`parley:${name}`, value]));

/** @param {Conversation[]} all the last used first; those of the same second stay as they are */
export const inOrder = (all) => all.sort((one, other) => other.updatedAt - one.updatedAt);

/** @param {string} id */
export const addressOf = (id) => `/c/${id}`;

/**
 * Where in a conversation something was found; without a turn: in its title.
 * @param {string} id
 * @param {{turnId: string, itemId: string, find: string}} at `find`: by which words
 */
export const addressIn = (id, { turnId, itemId, find }) => (
  turnId ? `${addressOf(id)}?${new URLSearchParams({ turn: turnId, item: itemId, find })}` : addressOf(id));
