// @ts-check
// Keeps the list as the server has it: when one comes back to the page, while answers are being made, until titles are there.

import { route } from "../core/router.js";
import { effect, untracked } from "../core/signal.js";
import { visible } from "../core/visible.js";
import { keepCopy } from "./copy.js";

/** @import { ConversationList } from "./list.js" */

const RUNNING_MS = 3000;
const AWAY_MS = 5000;
const SETTLED_MS = 500;
/** The model is asked for a title when it is idle, some seconds after an answer. */
const TITLE_MS = [4000, 8000, 16_000, 32_000];
/** A conversation that nothing happened in for so long keeps the title it has. */
const TITLED_S = 120;

/** @param {ConversationList} list */
export function keepFresh(list) {
  addEventListener("online", () => void list.refresh());
  addEventListener("focus", () => void list.refresh());
  document.addEventListener("visibilitychange", () => { if (visible.value) void list.refresh(); });

  every(RUNNING_MS, () => visible.value && list.all.value.some((one) => one.running), () => {
    for (const one of list.all.value) if (one.running) void list.readOne(one.id);
  });
  every(AWAY_MS, () => visible.value && list.problem.value !== null, () => void list.refresh());
  keepCopies(list);
  readOpen(list);
  awaitTitles(list);
}

/**
 * While this is so, do that again and again.
 * @param {number} pauseMs
 * @param {() => boolean} isSo
 * @param {() => void} act
 */
function every(pauseMs, isSo, act) {
  let timer = 0;
  effect(() => {
    const wanted = isSo();
    if (wanted && !timer) timer = setInterval(() => untracked(act), pauseMs);
    if (!wanted) {
      clearInterval(timer);
      timer = 0;
    }
  });
}

/** @param {ConversationList} list */
function keepCopies(list) {
  let timer = 0;
  effect(() => {
    const [user, all] = [list.who.id.value, list.all.value];
    if (!list.fresh.value) return;
    clearTimeout(timer);
    timer = setTimeout(() => { if (user === list.who.id.value) keepCopy(user, all); }, SETTLED_MS);
  });
}

/** The open conversation is in the list, however long ago it was used. @param {ConversationList} list */
function readOpen(list) {
  effect(() => {
    const { name, params } = route.value;
    if (name === "chat" && params.id && list.fresh.value && untracked(() => !list.find(params.id))) void list.readOne(params.id);
  });
}

/** @param {ConversationList} list */
function awaitTitles(list) {
  /** @type {Set<string>} */
  const awaited = new Set();
  effect(() => {
    for (const one of list.all.value) {
      const recent = Date.now() / 1000 - one.updatedAt < TITLED_S;
      if (one.titleBy !== "question" || one.running || !recent || awaited.has(one.id)) continue;
      awaited.add(one.id);
      void awaitTitle(list, one.id);
    }
  });
}

/**
 * @param {ConversationList} list
 * @param {string} id
 */
async function awaitTitle(list, id) {
  for (const pauseMs of TITLE_MS) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (list.find(id)?.titleBy !== "question") return;
    await list.readOne(id);
  }
}
