// @ts-check
// Where the keyboard is: never nowhere.

/** Whether what had the focus is gone, hidden or can do nothing any more. */
export function focusIsLost() {
  const { activeElement: at, body } = document;
  return !at || at === body || !at.checkVisibility() || at.matches(":disabled, [inert] *");
}

/** Have the focus in what cannot take it by itself, a heading or a whole room, until it leaves. @param {Element | null} element */
export function focusOn(element) {
  if (!(element instanceof HTMLElement)) return;
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) {
    element.tabIndex = -1;
    element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  }
  element.focus();
}

/** Where it is lost, it goes to the first of these that can be seen, or else to the room. @param {string[]} selectors */
export function keepFocus(...selectors) {
  if (!focusIsLost()) return;
  const found = [...selectors, "main"].flatMap((selector) => [...document.querySelectorAll(selector)]);
  focusOn(found.find((one) => one.checkVisibility() && !one.matches(":disabled, [inert] *, [inert]")) ?? null);
}
