// @ts-check
// A conversation as it is shown: the turns of its active branch. Reads, asks, follows what runs; no page.

import { computed, signal } from "../core/signal.js";
import { http } from "../core/http.js";
import { carryOut } from "./asking.js";
import { Draft } from "./draft.js";
import { unsentIn } from "./outbox.js";
import { pagesTo } from "./pages.js";
import { Turn } from "./turn.js";

/** @import { App } from "../app.js" */
/** @import { ApiError } from "../core/http.js" */
/** @import { Question, Told } from "./turn.js" */

const PAGE = 20;

/**
 * What a conversation needs of the page, and tells it: that it has got its id (`named`), that something in it has changed that
 * others show, too (`said`), that an answer has ended (`ended`).
 * @typedef {object} Surroundings
 * @property {App} app
 * @property {(conversation: Conversation) => void} named
 * @property {(conversation: Conversation) => void} said
 * @property {(conversation: Conversation, turn: Turn) => void} ended
 */

export class Conversation {
  /** Empty: it has none before its first question. */
  id = signal("");
  /** @type {import("../core/signal.js").Signal<Turn[]>} */
  turns = signal([]);
  /** @type {import("../core/signal.js").Signal<"reading" | "there" | "missing" | "away">} */
  state = signal("there");
  /** Whether there are turns before those shown. */
  more = signal(false);
  readingOlder = signal(false);
  running = computed(() => this.turns.value.find((turn) => turn.answer.running.value));
  /** By id, of whatever branch. @type {Map<string, Turn>} */
  #known = new Map();
  /** What was shown behind a turn when another branch was chosen. @type {Map<string, Turn[]>} */
  #tails = new Map();
  /** Responses that the server was asked about. @type {Set<string>} */
  #learnt = new Set();
  #readings = 0;

  /**
   * @param {string} id
   * @param {Surroundings} around
   */
  constructor(id, around) {
    this.id.value = id;
    this.around = around;
    this.draft = new Draft(this.id);
    if (id) this.state.value = "reading";
    else this.#askUnsent();
  }

  /** Read the end of the active branch, and follow what is being made in it. */
  async refresh() {
    const id = this.id.value;
    if (!id) return;
    const reading = ++this.#readings;
    try {
      const page = await http.get(`/v1/conversations/${id}/turns`, { limit: PAGE });
      if (reading !== this.#readings) return;
      this.#take(page.data.reverse(), page.has_more);
      this.#isThere();
    } catch (error) {
      if (reading === this.#readings) this.#isNotThere(error);
    }
  }

  /**
   * Show a turn, and what lies between it and the end. One of another branch brings that branch, as `choose` does.
   * @param {string} turnId
   * @param {string} itemId one of it that the reader has to know, if any
   * @returns {Promise<boolean>} whether there is such a turn. Throws ApiError
   */
  async reach(turnId, itemId) {
    try {
      if (await this.#readTo(turnId, itemId)) return true;
      this.#keepTails();
      await http.post(`/v1/conversations/${this.id.value}/branch`, { turn_id: turnId });
      this.around.said(this);
      return await this.#readTo(turnId, itemId);
    } catch (error) {
      if (/** @type {ApiError} */ (error).code === "turn_not_found") {
        await this.refresh();
        return false;
      }
      this.#isNotThere(error);
      throw error;
    }
  }

  async older() {
    const first = this.turns.value[0]?.id.value;
    if (!first || !this.more.value || this.readingOlder.value) return;
    this.readingOlder.value = true;
    try {
      const page = await http.get(`/v1/conversations/${this.id.value}/turns`, { limit: PAGE, after: first });
      if (this.turns.value[0]?.id.value !== first) return;
      this.turns.value = [...page.data.reverse().map((/** @type {Told} */ told) => this.#turn(told)), ...this.turns.value];
      this.more.value = page.has_more;
    } catch {
      // it is asked again at the next scrolling
    } finally {
      this.readingOlder.value = false;
    }
  }

  /** What the server knows of an answer beside its words. @param {Turn} turn */
  async learn({ answer }) {
    const id = answer.responseId.value;
    if (!id || this.#learnt.has(id) || answer.running.value || (answer.tokens.value !== null && answer.tookS.value !== null)) return;
    this.#learnt.add(id);
    try {
      answer.learn(await http.get(`/v1/responses/${id}`));
    } catch {
      // it says no more of itself than it does
    }
  }

  /**
   * Ask behind the last turn that one can go on from.
   * @param {Question} question
   */
  ask(question) {
    const shown = this.turns.value.filter((turn) => turn.answer.phase.value !== "failed" || !isLast(turn, this.turns.value));
    this.#add(new Turn(question, shown.at(-1)?.id.value || null), shown);
  }

  /**
   * Ask something else in a turn's place, or the same again: it becomes its sibling.
   * @param {Turn} turn
   * @param {Question} [question]
   */
  askInstead(turn, question = turn.question) {
    const before = this.turns.value.slice(0, this.turns.value.indexOf(turn));
    const own = new Turn(question, turn.parentId);
    own.siblings.value = turn.id.value ? [...turn.siblings.value, ""] : [];
    own.replaced = this.turns.value.slice(before.length);
    this.#keepTails();
    this.#add(own, before);
  }

  /**
   * Show the branch through a sibling of a turn, at once where it was shown before.
   * @param {Turn} turn
   * @param {string} siblingId
   */
  async choose(turn, siblingId) {
    const before = this.turns.value.slice(0, this.turns.value.indexOf(turn));
    this.#keepTails();
    const known = this.#tails.get(siblingId);
    this.#readings += 1;
    if (known) this.turns.value = [...before, ...known];
    await http.post(`/v1/conversations/${this.id.value}/branch`, { turn_id: siblingId });
    await this.refresh();
    this.around.said(this);
  }

  /** A turn has got its id. @param {Turn} turn */
  known(turn) {
    const read = this.#known.get(turn.id.value);
    this.#readings += 1; // one that began before may not know of it
    if (read && read !== turn) {
      read.stream?.close();
      this.turns.value = this.turns.value.filter((one) => one !== read);
    }
    this.#known.set(turn.id.value, turn);
    const others = turn.siblings.value.filter(Boolean);
    turn.siblings.value = [...others.filter((id) => id !== turn.id.value), turn.id.value];
    this.around.said(this);
  }

  /** It is taken back: what it had taken the place of is there again. @param {Turn} turn */
  remove(turn) {
    this.turns.value = this.turns.value.flatMap((one) => (one === turn ? turn.replaced : [one]));
  }

  /**
   * @param {Turn} turn
   * @param {Turn[]} before
   */
  #add(turn, before) {
    this.#readings += 1; // what is being read knows nothing of it
    this.turns.value = [...before, turn];
    void carryOut(this, turn);
  }

  /** What this tab had asked before it was loaded anew, and the server has not confirmed. */
  #askUnsent() {
    for (const { question, parentId, key, fields } of unsentIn(this.id.value)) {
      if (this.turns.value.some((turn) => turn.idempotencyKey === key)) continue;
      const before = this.turns.value.findIndex((turn) => turn.id.value === parentId);
      const turn = new Turn(question, parentId);
      turn.idempotencyKey = key;
      turn.fields = fields;
      this.#add(turn, this.turns.value.slice(0, before + 1));
    }
  }

  /**
   * Read the active branch from its end to a turn, unless it is shown.
   * @param {string} turnId
   * @param {string} itemId
   * @returns {Promise<boolean>} whether it is on that branch
   */
  async #readTo(turnId, itemId) {
    if (this.turns.value.some(({ id, roles }) => id.value === turnId && (!itemId || roles.has(itemId)))) return true;
    for (;;) {
      const reading = ++this.#readings;
      const { told, more } = await pagesTo(this.id.value, turnId);
      if (!told.some(({ id }) => id === turnId)) return false;
      if (reading !== this.#readings) continue; // something was asked meanwhile
      this.#take(told, more);
      this.#isThere();
      return true;
    }
  }

  #isThere() {
    if (this.state.value !== "there") this.#askUnsent();
    this.state.value = "there";
  }

  /** @param {unknown} error */
  #isNotThere(error) {
    if (/** @type {ApiError} */ (error).status === 404) this.state.value = "missing";
    else if (this.state.value !== "there") this.state.value = "away";
  }

  #keepTails() {
    const turns = this.turns.value;
    turns.forEach((turn, i) => {
      if (turn.id.value) this.#tails.set(turn.id.value, turns.slice(i));
    });
  }

  /**
   * @param {Told[]} told
   * @param {boolean} hasMore
   */
  #take(told, hasMore) {
    const shown = this.turns.value;
    if (shown.some((turn) => !turn.id.value && turn.answer.running.value)) return; // it is on its way: the server is behind
    const turns = told.map((one) => this.#turn(one));
    const joint = told.length ? shown.findIndex((turn) => turn.id.value !== "" && turn.id.value === told[0].parent_id) : -1;
    const refused = shown.filter((turn) => !turn.id.value && (turn.parentId ?? "") === (turns.at(-1)?.id.value ?? ""));
    if (joint < 0) this.more.value = hasMore;
    this.turns.value = [...shown.slice(0, joint + 1), ...turns, ...refused];
  }

  /** @param {Told} told */
  #turn(told) {
    const known = this.#known.get(told.id);
    if (known) {
      known.hear(told);
      return known;
    }
    const turn = Turn.of(told);
    this.#known.set(told.id, turn);
    if (turn.answer.running.value) void carryOut(this, turn);
    else if (told.status !== "completed") void this.learn(turn);
    return turn;
  }
}

/** @param {Turn} turn @param {Turn[]} turns */
const isLast = (turn, turns) => turns.at(-1) === turn;
