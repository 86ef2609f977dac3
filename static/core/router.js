// @ts-check
// Which view the address names. Links within the page change the address without a reload.

import { signal } from "./signal.js";

/** @typedef {{name: string, params: Record<string, string>, query: URLSearchParams, path: string}} Route */

/** Names and patterns; the server knows the same paths. */
const ROUTES = /** @type {const} */ ([
  ["chat", "/"],
  ["chat", "/c/:id"],
  ["shared", "/shared/:id"],
  ["sign-in", "/sign-in"],
  ["sign-up", "/sign-up"],
  ["letter", "/letter"],
  ["settings", "/settings"],
  ["settings", "/settings/:section"],
  ["admin", "/admin"],
  ["admin", "/admin/:section"],
]);

export const route = signal(read());

/**
 * @param {string} to a path of this page
 * @param {{replace?: boolean}} [how]
 */
export function go(to, { replace = false } = {}) {
  if (to === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  route.value = read();
}

/**
 * A path of this page as it was asked for, or else `/`: never a way to another site.
 * @param {string | null} asked
 */
export function ownPath(asked) {
  try {
    const { origin, pathname, search } = new URL(asked ?? "/", location.origin);
    return origin === location.origin && match(pathname) ? pathname + search : "/";
  } catch {
    return "/";
  }
}

/** Follow the browser's own buttons, and the page's links. */
export function startRouter() {
  addEventListener("popstate", () => {
    route.value = read();
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.target || link.hasAttribute("download") || link.origin !== location.origin || !match(link.pathname)) return;
    event.preventDefault();
    follow(link.pathname + link.search);
  });
}

/** A link that leads to where one is leads there once more. @param {string} to */
function follow(to) {
  if (to === location.pathname + location.search) route.value = read();
  else go(to);
}

/** @returns {Route} */
function read() {
  const found = match(location.pathname) ?? { name: "chat", params: {} };
  return { ...found, query: new URLSearchParams(location.search), path: location.pathname };
}

/** @param {string} path */
function match(path) {
  const parts = path.split("/").filter(Boolean);
  for (const [name, pattern] of ROUTES) {
    const wanted = pattern.split("/").filter(Boolean);
    if (wanted.length !== parts.length) continue;
    if (!wanted.every((part, i) => part.startsWith(":") || part === parts[i])) continue;
    const params = wanted.flatMap((part, i) => (part.startsWith(":") ? [[part.slice(1), decodeURIComponent(parts[i])]] : []));
    return { name, params: /** @type {Record<string, string>} */ (Object.fromEntries(params)) };
  }
  return null;
}
