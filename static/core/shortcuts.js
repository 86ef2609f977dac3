// @ts-check
// All keys that do something: which there are, and how one says them. What is done says whoever does it.
//
// Those that chat programs share, so that nobody learns them twice; browsers let a page have them all. Letters go by what is
// written on the key, so nothing else than letters and what every keyboard has stands with Shift.

import { recall, remember } from "./memory.js";
import { signal } from "./signal.js";
import { words } from "./words.js";

export const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const REMEMBERED = "single-keys";

/**
 * `command`: with ⌘ on a Mac, with Ctrl elsewhere.
 * @typedef {{key: string, command?: boolean, shift?: boolean}} Combination
 */

/** The first of each is what is shown beside a button. @satisfies {Record<string, Combination[]>} */
const SHORTCUTS = {
  newChat: [{ key: "o", command: true, shift: true }],
  search: [{ key: "k", command: true }],
  sidebar: [{ key: "s", command: true, shift: true }],
  settings: [{ key: ",", command: true }],
  help: [{ key: "/", command: true }, { key: "?" }],
  composer: [{ key: "Escape", shift: true }, { key: "/" }],
  stop: [{ key: "Escape" }],
  editLast: [{ key: "ArrowUp" }],
  copyAnswer: [{ key: "c", command: true, shift: true }],
  copyCode: [{ key: "f", command: true, shift: true }],
  rename: [{ key: "F2" }],
  remove: [{ key: "Delete" }],
  undo: [{ key: "z", command: true }],
};

/** @typedef {keyof typeof SHORTCUTS} Shortcut */

/** Whether a character by itself is a shortcut, too: who speaks to their computer may not want that (WCAG 2.1.4). */
export const singleKeys = signal(recall(REMEMBERED, true));

/** @param {boolean} wanted */
export function chooseSingleKeys(wanted) {
  singleKeys.value = wanted;
  remember(REMEMBERED, wanted ? undefined : false);
}

/** What counts just now. @param {Shortcut} name @returns {Combination[]} */
export const combinationsOf = (name) => SHORTCUTS[name].filter((one) => singleKeys.value || !isSingle(one));

/** @param {KeyboardEvent} event @param {Shortcut} name */
export const isPressed = (event, name) => combinationsOf(name).some((one) => fits(event, one));

/** The keys of a combination, as they are written on them. @param {Combination} combination */
export function keysInWords({ key, command, shift }) {
  const names = words().keys.names;
  const own = /** @type {Record<string, string>} */ (names)[key] ?? key.toUpperCase();
  return [...(command ? [APPLE ? "⌘" : names.Control] : []), ...(shift ? [APPLE ? "⇧" : names.Shift] : []), own];
}

/** In one word, for beside a button: "Ctrl+K". @param {Shortcut} name */
export const shortcutInWords = (name) => keysInWords(combinationsOf(name)[0]).join(APPLE ? "" : "+");

/** For `aria-keyshortcuts`. @param {Shortcut} name */
export const ariaShortcuts = (name) => combinationsOf(name).map(({ key, command, shift }) => (
  [...(command ? [APPLE ? "Meta" : "Control"] : []), ...(shift ? ["Shift"] : []), key.length > 1 ? key : key.toUpperCase()].join("+"))).join(" ");

/** @type {Partial<Record<Shortcut, (event?: KeyboardEvent) => boolean | void>>} */
const acts = {};

/**
 * @param {Shortcut} name
 * @param {(event?: KeyboardEvent) => boolean | void} act false: there was nothing to do, and the key does what it does elsewhere
 */
export function onShortcut(name, act) {
  acts[name] = act;
}

/** As if its keys had been pressed. @param {Shortcut} name */
export const perform = (name) => void acts[name]?.();

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  const name = /** @type {Shortcut[]} */ (Object.keys(acts)).find((one) => (
    combinationsOf(one).some((combination) => fits(event, combination) && !(isSingle(combination) && isField(event.target)))));
  if (name && acts[name]?.(event) !== false) event.preventDefault();
});

/** @param {KeyboardEvent} event @param {Combination} combination */
function fits(event, { key, command = false, shift = false }) {
  if (event.altKey || command !== (APPLE ? event.metaKey : event.ctrlKey) || (APPLE ? event.ctrlKey : event.metaKey)) return false;
  const isSign = key.length === 1 && !isLetter(key); // whether Shift is needed for it depends on the keyboard
  return (isSign || shift === event.shiftKey) && writtenOn(event) === key;
}

/** Where letters are not Latin, the one that would be there. @param {KeyboardEvent} event */
function writtenOn({ key, code }) {
  if (key.length > 1) return key;
  return key > "\x7f" && code.startsWith("Key") ? code.slice(-1).toLowerCase() : key.toLowerCase();
}

/** @param {string} key */
const isLetter = (key) => key >= "a" && key <= "z" && key.length === 1;

/** @param {Combination} combination */
const isSingle = ({ key, command }) => key.length === 1 && !command;

/** @param {EventTarget | null} target */
const isField = (target) => target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
