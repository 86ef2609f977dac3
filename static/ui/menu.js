// @ts-check
// A button that opens a list of things to do. Arrow keys move, Escape closes and gives the focus back.

import { html, nothing } from "../core/dom.js";
import { ariaShortcuts, shortcutInWords } from "../core/shortcuts.js";
import { icon } from "./icons.js";

/** @typedef {{name: string, icon?: import("./icons.js").IconName, run: () => void, danger?: boolean, checked?: boolean, disabled?: boolean, keys?: import("../core/shortcuts.js").Shortcut}} MenuItem */

/**
 * @param {{label: string, face: unknown, items: (MenuItem | null | false)[], kind?: string}} menu `face` is what the button shows
 */
export function menuButton({ label, face, items, kind = "bare" }) {
  return html`
    <div class="menu" @keydown=${keyed} @focusout=${left}>
      <button type="button" class=${kind} aria-haspopup="menu" aria-expanded="false" aria-label=${label} title=${label} @click=${toggle}>${face}</button>
      <div class="menu-items" role="menu" aria-label=${label} hidden>
        ${menuItems(items, (item, event) => { close(event); item.run(); })}
      </div>
    </div>`;
}

/**
 * @param {(MenuItem | null | false)[]} items
 * @param {(item: MenuItem, event: Event) => void} chosen
 */
export const menuItems = (items, chosen) => items.map((item) => (item ? html`
  <button type="button" role=${item.checked === undefined ? "menuitem" : "menuitemradio"} tabindex="-1"
          aria-checked=${item.checked === undefined ? nothing : String(item.checked)} aria-keyshortcuts=${item.keys ? ariaShortcuts(item.keys) : nothing}
          class="menu-item ${item.danger ? "danger" : ""}" ?disabled=${item.disabled}
          @click=${(/** @type {Event} */ event) => chosen(item, event)}>
    ${item.icon ? icon(item.icon) : nothing}<span>${item.name}</span>
    ${item.checked ? icon("check") : nothing}${item.keys ? html`<kbd aria-hidden="true">${shortcutInWords(item.keys)}</kbd>` : nothing}
  </button>` : nothing));

/**
 * Follow the arrow keys through the entries of a menu.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} items
 * @returns {boolean} whether the key was one of them
 */
export function moved(event, items) {
  const all = entries(items);
  const at = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
  /** @type {Record<string, number>} */
  const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 };
  if (!(event.key in to)) return false;
  all[to[event.key]].focus();
  return true;
}

/** @param {Event} event */
function toggle(event) {
  const menu = of(event);
  if (!menu.items.hidden) {
    close(event);
    return;
  }
  menu.items.hidden = false;
  menu.button.ariaExpanded = "true";
  const room = menu.items.getBoundingClientRect();
  menu.items.toggleAttribute("data-above", room.bottom > innerHeight && menu.button.getBoundingClientRect().top > room.height);
  menu.items.toggleAttribute("data-left", room.right > innerWidth);
  entries(menu.items)[0]?.focus();
}

/** @param {Event} event */
function close(event) {
  const { items, button } = of(event);
  if (items.hidden) return;
  items.hidden = true;
  button.ariaExpanded = "false";
  button.focus();
}

/** @param {KeyboardEvent} event */
function keyed(event) {
  const { items } = of(event);
  if (items.hidden) return;
  if (event.key === "Escape") close(event);
  else if (!moved(event, items)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** @param {FocusEvent} event */
function left(event) {
  const menu = of(event);
  if (event.relatedTarget instanceof Node && menu.root.contains(event.relatedTarget)) return;
  menu.items.hidden = true;
  menu.button.ariaExpanded = "false";
}

/** @param {HTMLElement} items */
export const entries = (items) => [...items.querySelectorAll("button")].filter((item) => !item.disabled);

/** @param {Event} event */
function of(event) {
  const root = /** @type {HTMLElement} */ (/** @type {Element} */ (event.target).closest(".menu"));
  return {
    root, button: /** @type {HTMLButtonElement} */ (root.querySelector("button")),
    items: /** @type {HTMLElement} */ (root.querySelector(".menu-items")),
  };
}
