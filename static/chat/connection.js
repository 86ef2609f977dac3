// @ts-check
// Whether there is a connection to the server, and if not, what is done about it.

import { computed, signal } from "../core/signal.js";
import { count, words } from "../core/words.js";

/** @import { App } from "../app.js" */

const TICK_MS = 500;

export class Connection {
  #online = signal(navigator.onLine);
  /** Seconds to the next attempt; null: there is a connection, or it is just being made. @type {import("../core/signal.js").Signal<number | null>} */
  #retryInS = signal(null);
  #lost = signal(false);
  #timer = 0;

  /** @param {App} app */
  constructor({ client, server }) {
    this.client = client;
    this.server = server;
    client.onstate = () => this.#look();
    for (const name of ["online", "offline"]) {
      addEventListener(name, () => {
        this.#online.value = navigator.onLine;
      });
    }
  }

  /** Empty while all is well. */
  inWords = computed(() => {
    const text = words().chat;
    if (!this.#online.value) return text.offline;
    const status = this.server.status.value;
    if (!this.#lost.value && status?.missing?.some(({ part }) => part === "redis")) return text.relayAway;
    if (!this.#lost.value) return status === null ? text.reconnecting : "";
    const seconds = Math.round(this.#retryInS.value ?? 0);
    return seconds < 1 ? text.reconnecting : text.reconnectingIn(count(seconds, words().common.nouns.second));
  });

  /** While it waits for the next attempt the seconds go by. */
  #look() {
    const { state, retryInS } = this.client.connection;
    if (state !== "connecting") this.#lost.value = state === "waiting"; // an attempt is no success yet
    this.#retryInS.value = retryInS;
    clearTimeout(this.#timer);
    if (state === "waiting") this.#timer = setTimeout(() => this.#look(), TICK_MS);
  }
}
