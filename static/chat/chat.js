// @ts-check
// Which conversation is shown: that of the address. Those left lately are kept, and what runs in them goes on.

import { go, route } from "../core/router.js";
import { batch, computed, effect, signal, untracked } from "../core/signal.js";
import { Conversation } from "./conversation.js";
import { Tabs } from "./tabs.js";

/** @import { App } from "../app.js" */
/** @import { Turn } from "./turn.js" */

/**
 * A message of a conversation: an item of a turn, or (empty) all of it; `find` are words that it was found by, if any.
 * @typedef {{conversation: Conversation, turnId: string, itemId: string, find: string}} Sought
 */

const KEPT = 12;

export class Chat {
  /** @type {import("../core/signal.js").Signal<Conversation>} */
  current;
  /** The turn whose answer has ended last, of the conversation that is shown. @type {import("../core/signal.js").Signal<Turn | null>} */
  lastEnded = signal(null);
  /** What the address leads to, anew each time that one is led there. @type {import("../core/signal.js").Signal<Sought | null>} */
  sought = signal(null);
  /** @type {Conversation[]} the last shown at the end */
  #kept = [];
  #tabs = new Tabs((id) => this.#heard(id));

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.around = {
      app,
      named: (/** @type {Conversation} */ conversation) => this.#named(conversation),
      said: (/** @type {Conversation} */ conversation) => this.#changed(conversation),
      ended: (/** @type {Conversation} */ conversation, /** @type {Turn} */ turn) => this.#ended(conversation, turn),
    };
    this.current = signal(new Conversation("", this.around));
    effect(() => {
      const { name, params, query } = route.value;
      untracked(() => batch(() => {
        if (name === "chat") this.#show(params.id ?? "", query);
        else this.sought.value = null;
      }));
    });
    for (const name of ["focus", "online", "pageshow"]) addEventListener(name, () => void this.current.value.refresh());
  }

  /** What one knows of it from the list at the side. */
  title = computed(() => this.app.conversations.all.value.find(({ id }) => id === this.current.value.id.value)?.title ?? "");

  /** @param {string} id @param {URLSearchParams} query */
  #show(id, query) {
    const shown = this.current.value;
    const conversation = shown.id.value === id ? shown
      : (id && this.#kept.find((one) => one.id.value === id)) || new Conversation(id, this.around);
    const [turnId = "", itemId = "", find = ""] = ["turn", "item", "find"].map((name) => query.get(name) ?? "");
    this.sought.value = id && turnId ? { conversation, turnId, itemId, find } : null;
    if (conversation === shown) return;
    this.#keep(conversation);
    this.current.value = conversation;
    if (!this.sought.value) void conversation.refresh();
  }

  /** @param {Conversation} conversation */
  #keep(conversation) {
    this.#kept = [...this.#kept.filter((one) => one !== conversation), conversation];
    const idle = this.#kept.filter((one) => one !== conversation && !one.running.value);
    if (this.#kept.length > KEPT && idle.length) this.#kept = this.#kept.filter((one) => one !== idle[0]);
  }

  /** @param {Conversation} conversation */
  #named(conversation) {
    this.#keep(conversation);
    if (this.current.value === conversation && route.value.name === "chat") go(`/c/${conversation.id.value}`, { replace: true });
  }

  /** @param {Conversation} conversation */
  #changed(conversation) {
    const id = conversation.id.value;
    if (!id) return;
    this.#tabs.tell(id);
    void this.app.conversations.changed(id);
  }

  /** @param {Conversation} conversation @param {Turn} turn */
  #ended(conversation, turn) {
    if (this.current.value === conversation) this.lastEnded.value = turn;
  }

  /** Another tab has changed it. @param {string} id */
  #heard(id) {
    void this.#kept.find((one) => one.id.value === id)?.refresh();
  }
}
