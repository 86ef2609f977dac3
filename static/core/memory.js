// @ts-check
// What this browser remembers between visits: choices and copies for speed, never a secret. May be full or forbidden.

const PREFIX = "parley.";

/** Where: unless said otherwise, in the browser. `() => sessionStorage`: in this tab, over reloads. @typedef {() => Storage} Where */

/** @type {Where} */
const browser = () => localStorage;

/**
 * @template T
 * @param {string} name
 * @param {T} otherwise
 * @param {Where} [where]
 * @returns {T}
 */
export function recall(name, otherwise, where = browser) {
  try {
    const kept = where().getItem(PREFIX + name);
    return kept === null ? otherwise : JSON.parse(kept);
  } catch {
    return otherwise;
  }
}

/**
 * @param {string} name
 * @param {unknown} value undefined: forget it
 * @param {Where} [where]
 */
export function remember(name, value, where = browser) {
  try {
    if (value === undefined) where().removeItem(PREFIX + name);
    else where().setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // there is no room, or the browser keeps nothing: the page works without
  }
}

/**
 * Keep a choice for a year, and tell the server of it each time the page is asked for: it draws what is seen first.
 * @param {string} name
 * @param {string} value letters only
 */
export function tell(name, value) {
  document.cookie = `parley_${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}

/**
 * Forget everything whose name begins so, but for what begins like `keep`.
 * @param {string} [start]
 * @param {string} [keep]
 */
export function forgetAll(start = "", keep = "") {
  try {
    for (const storage of [localStorage, sessionStorage]) {
      const names = Object.keys(storage).filter((key) => key.startsWith(PREFIX + start));
      for (const key of names) if (!keep || !key.startsWith(PREFIX + keep)) storage.removeItem(key);
    }
  } catch {
    // nothing is kept
  }
}
