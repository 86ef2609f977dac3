// @ts-check
// Rooms that not everybody enters: their modules and styles are fetched when they are first looked at.

import { nothing } from "./core/dom.js";
import { signal } from "./core/signal.js";
import { words } from "./core/words.js";
import { toast } from "./ui/toasts.js";

/** @import { Room } from "./app.js" */

/**
 * What `load` brings, as if it had been there. Nothing is drawn before its styles are there, too; where they do not
 * come, somebody who looks again fetches again.
 * @param {() => Promise<Room>} load
 * @param {string} [styles] their address
 * @returns {Room}
 */
export function later(load, styles = "") {
  /** @type {import("./core/signal.js").Signal<Room | null>} */
  const loaded = signal(null);
  let asked = false;
  const fetchAll = async () => {
    try {
      const [room] = await Promise.all([load(), styles && styled(styles)]);
      loaded.value = room;
    } catch {
      asked = false;
      toast(words().problems.unreachable, { kind: "problem" });
    }
  };
  return { view: () => {
    if (!asked) {
      asked = true;
      queueMicrotask(fetchAll); // what it reads is not what this view depends on
    }
    return loaded.value?.view() ?? nothing;
  } };
}

/** @param {string} address @returns {Promise<void>} when they count */
function styled(address) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => reject(new Error(`No styles at ${address}`)));
    document.head.append(link);
  });
}
