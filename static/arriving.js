// @ts-check
// Where the focus goes when one comes to another view: a screen reader reads on from there.

import { focusIsLost, focusOn } from "./core/focus.js";
import { route } from "./core/router.js";
import { effect } from "./core/signal.js";

/** @import { Route } from "./core/router.js" */

/** What asks for a chat, and so for where one writes it. */
const BEGINS = ".new-chat, .brand";

/** From now on. */
export function watchArrivals() {
  let before = route.value;
  effect(() => {
    const [from, to] = [before, route.value];
    before = to;
    if (from.path !== to.path) queueMicrotask(() => arrive(from, to)); // when the view has been drawn
  });
}

/**
 * Who goes from conversation to conversation stays in the list.
 * @param {Route} from
 * @param {Route} to
 */
function arrive(from, to) {
  const main = document.querySelector("main");
  const at = document.activeElement;
  const isElsewhere = from.name !== to.name && !main?.contains(at);
  const begins = to.path === "/" && at?.closest(BEGINS);
  if (isElsewhere || begins || focusIsLost()) focusOn(writing() ?? main);
}

/** Where one writes, unless a keyboard on the screen would cover what there is to read. */
const writing = () => (matchMedia("(pointer: fine)").matches ? document.querySelector(".composer textarea") : null);
