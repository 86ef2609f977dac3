// @ts-check
// What this browser remembers between visits: choices and copies for speed, never a secret. May be full or forbidden.

const PREFIX = "parley.";

/**
 * @template T
 * @param {string} name
 * @param {T} otherwise
 * @returns {T}
 */
export function recall(name, otherwise) {
  try {
    const kept = localStorage.getItem(PREFIX + name);
    return kept === null ? otherwise : JSON.parse(kept);
  } catch {
    return otherwise;
  }
}

/**
 * @param {string} name
 * @param {unknown} value undefined: forget it
 */
export function remember(name, value) {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // there is no room, or the browser keeps nothing: the page works without
  }
}

/**
 * Forget everything whose name begins so, but for what begins like `keep`.
 * @param {string} [start]
 * @param {string} [keep]
 */
export function forgetAll(start = "", keep = "") {
  try {
    const names = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + start));
    for (const key of names) if (!keep || !key.startsWith(PREFIX + keep)) localStorage.removeItem(key);
  } catch {
    // nothing is kept
  }
}
