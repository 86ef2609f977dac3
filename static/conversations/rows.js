// @ts-check
// The rows of the list as they stand in the page: which has the focus, and which comes next.

const rows = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".talk")].filter((row) => row.checkVisibility()));

/** @param {string} id */
const rowOf = (id) => rows().find((row) => row.dataset.id === id);

/** @param {HTMLElement | undefined} row */
const focus = (row) => row?.querySelector("a")?.focus();

/** @param {string} id */
export const focusRow = (id) => focus(rowOf(id));

/** @param {string} id @returns {string} the one that takes its place when it goes; empty if there is none */
export function neighbourOf(id) {
  const all = rows();
  const at = all.findIndex((row) => row.dataset.id === id);
  return (all[at + 1] ?? all[at - 1])?.dataset.id ?? "";
}

/** @param {string} id */
export const hasFocus = (id) => rowOf(id)?.contains(document.activeElement) ?? false;

/**
 * Follow the arrow keys from row to row.
 * @param {KeyboardEvent} event
 * @returns {boolean} whether the key was one of them
 */
export function walk(event) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  /** @type {Record<string, number>} */
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 };
  if (!(event.key in to)) return false;
  focus(all[to[event.key]]);
  return true;
}
