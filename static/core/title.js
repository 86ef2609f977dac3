// @ts-check
// What stands in the browser's tab, and is read out when one comes to a view.

/** @param {string} [view] left out: the chat as it begins */
export function setTitle(view = "") {
  const title = view ? `${view} · Parley` : "Parley";
  if (document.title !== title) document.title = title;
}
