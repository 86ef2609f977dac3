// @ts-check
// The conversations of who is looking: those remembered at once, then those the server has, with what one has just
// changed and the server has not confirmed yet.

import { ApiError, http } from "../core/http.js";
import { batch, computed, effect, signal, untracked } from "../core/signal.js";
import { asTold, conversationOf, inOrder } from "./conversation.js";
import { copyOf } from "./copy.js";
import { Reach } from "./reach.js";
import { Tabs } from "./tabs.js";

/** @import { Conversation, Changes } from "./conversation.js" */
/** @typedef {{id: import("../core/signal.js").ReadonlySignal<string>, ask: () => Promise<void>}} Who */

const path = (/** @type {string} */ id) => `/v1/conversations/${encodeURIComponent(id)}`;
const isGone = (/** @type {unknown} */ error) => error instanceof ApiError && error.status === 404;

export class ConversationList {
  /** As the server last said. @type {import("../core/signal.js").Signal<Conversation[]>} */
  #known = signal([]);
  /** What the server was asked to change, and has not said yes to. @type {import("../core/signal.js").Signal<{id: string, changes: Changes}[]>} */
  #wishes = signal([]);
  /** Those that are about to be deleted, here or in another tab. @type {import("../core/signal.js").Signal<string[]>} */
  #hidden = signal([]);
  /** Those that the server no longer has. @type {import("../core/signal.js").Signal<string[]>} */
  #gone = signal([]);
  /** The last change of each, so that they go to the server one after another. @type {Map<string, Promise<unknown>>} */
  #chains = new Map();
  /** When each was last told alone: a page that was asked for before knows it worse. @type {Map<string, number>} */
  #told = new Map();
  #moment = 0;
  /** @type {Promise<void> | null} */
  #refreshing = null;
  #reaches = reaches();

  /** The last used first. */
  all = computed(() => inOrder(this.#known.value
    .filter((one) => !this.#hidden.value.includes(one.id))
    .map((one) => this.#wishes.value.reduce((made, { id, changes }) => (id === one.id ? { ...made, ...changes } : made), one))));

  /** Whether the server has been asked, and what it said is shown. */
  fresh = signal(false);
  /** Whether who is looking may have no conversations, as far as is known. */
  closed = signal(false);
  /** The one that another tab has deleted last. */
  lostElsewhere = signal("");
  /** How many times all were deleted, here or in another tab. */
  emptied = signal(0);
  /** Why it could not be. @type {import("../core/signal.js").Signal<unknown>} */
  problem = signal(null);
  /** Where what is fresh ends; null: it is all fresh. @type {import("../core/signal.js").Signal<Conversation | null>} */
  end = signal(null);
  /** The same among those archived; undefined: they have not been asked for. @type {import("../core/signal.js").Signal<Conversation | null | undefined>} */
  archiveEnd = signal(undefined);

  /** @param {Who} who */
  constructor(who) {
    this.who = who;
    this.tabs = new Tabs(() => who.id.value, (news, id) => this.#heard(news, id));
    effect(() => {
      const user = who.id.value;
      untracked(() => this.#beginAs(user));
    });
  }

  /** Read the newest from the server. */
  refresh() {
    const reading = this.#refreshing ?? this.#refresh().finally(() => {
      if (this.#refreshing === reading) this.#refreshing = null;
    });
    this.#refreshing = reading;
    return reading;
  }

  async #refresh() {
    const mine = this.#reaches;
    try {
      if (!this.who.id.value) {
        await this.who.ask(); // as somebody, one begins anew
        this.closed.value = !this.who.id.value;
        return;
      }
      const asked = [this.#read(mine.main, true), this.#readAll(mine.pinned)];
      if (this.archiveEnd.value !== undefined) asked.push(this.#read(mine.archive, true));
      await Promise.all(asked);
      if (mine === this.#reaches && !this.#known.value.length) await this.#read(mine.archive, true); // is it all put away?
      if (mine === this.#reaches) batch(() => { this.fresh.value = true; this.problem.value = null; });
    } catch (error) {
      if (mine === this.#reaches) this.problem.value = error;
    }
  }

  /** Read the page behind what is fresh. Throws ApiError. */
  async readOn() {
    await this.#refreshing;
    if (this.#reaches.main.more) await this.#read(this.#reaches.main, false);
  }

  /** Read those archived, or more of them. Throws ApiError. */
  async readArchive() {
    const { archive } = this.#reaches;
    if (archive.more) await this.#read(archive, archive.last === null);
  }

  /**
   * Something was said in this conversation, or an answer in it has ended: read how it stands, and tell the other tabs.
   * @param {string} id
   */
  async changed(id) {
    await this.readOne(id);
    this.tabs.tell("changed", id);
  }

  /**
   * Read how one stands. What cannot be read stays as it was.
   * @param {string} id
   */
  async readOne(id) {
    const user = this.who.id.value;
    try {
      const told = conversationOf(await http.get(path(id)));
      if (user === this.who.id.value) this.#take(told);
    } catch (error) {
      if (isGone(error)) this.#forget(id);
    }
  }

  /** @param {string} id */
  find(id) {
    return this.all.value.find((one) => one.id === id);
  }

  /** Whether it is deleted, or is about to be. @param {string} id */
  isLost(id) {
    return this.#hidden.value.includes(id) || this.#gone.value.includes(id);
  }

  /**
   * Change it at once; if the server refuses, it is as before, and the reason is thrown.
   * @param {string} id
   * @param {Changes} changes
   */
  async change(id, changes) {
    const wish = { id, changes };
    this.#wishes.value = [...this.#wishes.value, wish];
    const before = this.#chains.get(id) ?? Promise.resolve();
    const done = before.catch(() => {}).then(() => http.post(path(id), asTold(changes)));
    this.#chains.set(id, done);
    try {
      const told = conversationOf(await done);
      batch(() => { this.#drop(wish); this.#take(told); });
      this.tabs.tell("changed", id);
    } catch (error) {
      batch(() => { this.#drop(wish); if (isGone(error)) this.#forget(id); });
      throw error;
    }
  }

  /**
   * Hide it. `remove` has the server forget it, `show` brings it back; only the first of the two does something.
   * @param {string} id
   */
  hide(id) {
    let open = true;
    this.#hide(id, true);
    this.tabs.tell("hidden", id);
    const back = () => {
      this.#hide(id, false);
      this.tabs.tell("shown", id);
    };
    const show = () => {
      if (open) back();
      open = false;
    };
    /** Throws ApiError; then it is shown again. */
    const remove = async () => {
      if (!open) return;
      open = false;
      try {
        await http.delete(path(id));
      } catch (error) {
        if (!isGone(error)) {
          back();
          throw error;
        }
      }
      this.#forget(id);
      this.tabs.tell("gone", id);
    };
    return { show, remove };
  }

  /**
   * Have the server forget all of them. Throws ApiError.
   * @param {number} count how many that are, as whoever wants it was told
   */
  async removeAll(count) {
    await http.delete(`/v1/conversations?count=${count}`);
    this.#empty();
    this.tabs.tell("emptied");
  }

  /** Throws ApiError. */
  async archiveAll() {
    await http.post("/v1/conversations/archive");
    this.#readAnew();
    this.tabs.tell("archived");
  }

  /**
   * One that was made just now, out of a file.
   * @param {any} told the server's resource
   */
  add(told) {
    this.#take(conversationOf(told));
    this.tabs.tell("changed", told.id);
  }

  /** @param {string} user */
  #beginAs(user) {
    this.#reaches = reaches();
    this.#refreshing = null;
    this.#told.clear();
    batch(() => {
      this.#known.value = user ? copyOf(user) : [];
      this.#wishes.value = [];
      this.#hidden.value = [];
      this.#gone.value = [];
      this.fresh.value = false;
      this.closed.value = false;
      this.problem.value = null;
      this.end.value = null;
      this.archiveEnd.value = undefined;
    });
    if (user) void this.refresh();
  }

  #empty() {
    batch(() => {
      this.#gone.value = [...this.#gone.value, ...this.#known.value.map((one) => one.id)];
      this.#known.value = [];
      this.#hidden.value = [];
      this.end.value = null;
      this.archiveEnd.value = undefined;
      this.emptied.value += 1;
    });
    this.#readAnew();
  }

  /** What is being read may be older than what has just been done. */
  #readAnew() {
    this.#reaches = reaches();
    this.#refreshing = null;
    void this.refresh();
  }

  /** @param {Reach} reach */
  async #readAll(reach) {
    await this.#read(reach, true);
    while (reach.more) await this.#read(reach, false);
  }

  /**
   * @param {Reach} reach
   * @param {boolean} anew
   */
  async #read(reach, anew) {
    const asked = this.#moment;
    const { page, replaces } = await reach.read({ anew });
    if (!Object.values(this.#reaches).includes(reach)) return; // it is somebody else's list by now
    const better = (/** @type {string} */ id) => (this.#told.get(id) ?? -1) > asked;
    const news = page.filter((one) => !better(one.id));
    const renewed = new Set(news.map((one) => one.id));
    const kept = this.#known.value.filter((one) => !renewed.has(one.id) && (better(one.id) || !replaces(one)));
    batch(() => {
      this.#known.value = anew ? [...news, ...kept] : [...kept, ...news];
      const end = reach.more ? reach.last : null;
      if (reach === this.#reaches.main) this.end.value = end;
      if (reach === this.#reaches.archive) this.archiveEnd.value = end;
    });
  }

  /** @param {Conversation} told */
  #take(told) {
    this.#told.set(told.id, ++this.#moment);
    const known = this.#known.value;
    if (this.#gone.value.includes(told.id)) this.#gone.value = this.#gone.value.filter((id) => id !== told.id);
    this.#known.value = known.some((one) => one.id === told.id)
      ? known.map((one) => (one.id === told.id ? told : one)) : [told, ...known];
  }

  /** @param {string} id */
  #forget(id) {
    this.#told.set(id, ++this.#moment);
    batch(() => {
      this.#known.value = this.#known.value.filter((one) => one.id !== id);
      this.#gone.value = [...this.#gone.value, id];
      this.#hide(id, false);
    });
  }

  /** @param {{id: string}} wish */
  #drop(wish) {
    this.#wishes.value = this.#wishes.value.filter((one) => one !== wish);
  }

  /**
   * @param {string} id
   * @param {boolean} hidden
   */
  #hide(id, hidden) {
    const others = this.#hidden.value.filter((one) => one !== id);
    this.#hidden.value = hidden ? [...others, id] : others;
  }

  /**
   * @param {import("./tabs.js").News} news
   * @param {string} id
   */
  #heard(news, id) {
    if (news === "changed") void this.readOne(id);
    else if (news === "gone") batch(() => { this.#forget(id); this.lostElsewhere.value = id; });
    else if (news === "emptied") this.#empty();
    else if (news === "archived") this.#readAnew();
    else this.#hide(id, news === "hidden");
  }
}

/** The lists that the server has, each read on its own. */
const reaches = () => ({
  main: new Reach({ archived: false, pinned: false }),
  pinned: new Reach({ archived: false, pinned: true }),
  archive: new Reach({ archived: true }),
});
