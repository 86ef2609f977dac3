// @ts-check
// Whether anybody can see the page: what is asked again and again is asked only then.

import { signal } from "./signal.js";

export const visible = signal(document.visibilityState === "visible");

document.addEventListener("visibilitychange", () => {
  visible.value = document.visibilityState === "visible";
});
