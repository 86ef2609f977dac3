// @ts-check
// Where one signs in and up, and where one goes from there.

import { ownPath } from "../core/router.js";

/** Views that are on the way to something: nobody wants to come back to them. */
const ON_THE_WAY = ["/sign-in", "/sign-up", "/letter"];

/** @param {string} next a path of this page */
export const signInAddress = (next) => address("/sign-in", next);

/** @param {string} next */
export const signUpAddress = (next) => address("/sign-up", next);

/** Where the address says that one goes afterwards: a path of this page. @param {URLSearchParams} query */
export function nextOf(query) {
  const path = ownPath(query.get("next"));
  return ON_THE_WAY.includes(path.split("?")[0]) ? "/" : path;
}

/** @param {string} view @param {string} next */
function address(view, next) {
  const path = nextOf(new URLSearchParams({ next }));
  return path === "/" ? view : `${view}?${new URLSearchParams({ next: path })}`;
}
