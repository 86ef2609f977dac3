// @ts-check
// Which model one talks to, and what it is good for.

import { choices } from "../settings/choices.js";

/** @import { Model, ServerStatus } from "../status/server_status.js" */

const SMALL = 1e9; // parameters: below, a model knows little and errs often
const SIZE_IN_NAME = /(?:^|[^a-z\d.])(\d+(?:\.\d+)?)\s?([mb])(?![a-z\d])/i;

/**
 * The id of the model that is asked next; empty while that is not known.
 * @param {ServerStatus} server
 */
export function chosenModel(server) {
  const live = server.models.value.map(({ id }) => id);
  const wanted = choices.value.model;
  const own = server.status.value?.model ?? "";
  return live.includes(wanted) || !live.length ? wanted || own : own || live[0];
}

/**
 * @param {ServerStatus} server
 * @param {string} id
 * @returns {Model | undefined} undefined: it is not live
 */
export const findModel = (server, id) => server.models.value.find((model) => model.id === id);

/** What the model can do that is asked next; null where that is not known. @param {ServerStatus} server @returns {string[] | null} */
export const capabilitiesOf = (server) => findModel(server, chosenModel(server))?.["parley:capabilities"] ?? null;

/** @param {string} id as people call it, without whose it is or where it lies */
export const nameOf = (id) => id.split("/").filter(Boolean).at(-1) ?? id;

/**
 * How many parameters it has, as the server knows or its name says; null where neither does.
 * @param {string} id
 * @param {Model} [model]
 * @returns {number | null}
 */
export function parametersOf(id, model) {
  const told = model?.["parley:parameters"];
  if (typeof told === "number") return told;
  const [, figure, unit] = SIZE_IN_NAME.exec(nameOf(id)) ?? [];
  return figure ? Number(figure) * (unit.toLowerCase() === "b" ? 1e9 : 1e6) : null;
}

/**
 * @param {string} id
 * @param {Model} [model]
 */
export function isSmall(id, model) {
  const parameters = parametersOf(id, model);
  return parameters !== null && parameters < SMALL;
}
