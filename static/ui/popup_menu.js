// @ts-check
// A menu that is made when it is asked for, over everything else: for one of hundreds of rows, within what scrolls.

import { html, render } from "../core/dom.js";
import { entries, menuItems, moved } from "./menu.js";

const GAP_PX = 4;

/** Closes the one that is open. */
let closeOpen = () => {};
/** @type {HTMLElement | null} */
let openAt = null;

/**
 * Open a menu at this button, or close it if it is the one that is open there.
 * @param {HTMLElement} button
 * @param {{label: string, items: (import("./menu.js").MenuItem | null | false)[]}} menu
 */
export function popUp(button, { label, items }) {
  const again = openAt === button;
  closeOpen();
  if (again) return;
  const box = document.createElement("div");
  box.className = "menu-items popup";
  box.popover = "manual";
  box.role = "menu";
  box.ariaLabel = label;
  render(html`${menuItems(items, (item) => { close(); item.run(); })}`, box);
  button.after(box);
  box.showPopover();
  place(box, button);
  button.ariaExpanded = "true";

  const close = ({ back = true } = {}) => {
    [openAt, closeOpen] = [null, () => {}];
    gone.abort();
    button.ariaExpanded = "false";
    if (back && box.contains(document.activeElement)) button.focus();
    box.remove();
  };
  const gone = new AbortController();
  const how = { signal: gone.signal };
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" || event.key === "Tab") close();
    else if (!moved(event, box)) return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  }, how);
  const outside = (/** @type {Event} */ event) => {
    const at = /** @type {Node} */ (event.target);
    if (!box.contains(at) && !button.contains(at)) close({ back: false });
  };
  document.addEventListener("pointerdown", outside, { ...how, capture: true });
  document.addEventListener("focusin", outside, how);
  document.addEventListener("scroll", () => place(box, button), { ...how, capture: true });
  addEventListener("resize", () => close(), how);
  [openAt, closeOpen] = [button, close];
  entries(box)[0]?.focus({ preventScroll: true });
}

/**
 * Below the button if there is room, else above; within the window's edges.
 * @param {HTMLElement} box
 * @param {HTMLElement} button
 */
function place(box, button) {
  const at = button.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const below = at.bottom + GAP_PX + height <= innerHeight || at.top < height;
  box.style.top = `${below ? at.bottom + GAP_PX : at.top - GAP_PX - height}px`;
  box.style.left = `${Math.max(GAP_PX, Math.min(at.left, innerWidth - width - GAP_PX))}px`;
}
