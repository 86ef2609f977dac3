// @ts-check
// What one can do with a conversation, and what is said about it. What the server refuses is as before.

import { focusIsLost } from "../core/focus.js";
import { go, route } from "../core/router.js";
import { signal } from "../core/signal.js";
import { words } from "../core/words.js";
import { problemInWords } from "../ui/problem.js";
import { toast } from "../ui/toasts.js";
import { addressOf } from "./conversation.js";
import { bringIn, chosenFiles, NotAConversation, takeOut } from "./exchange.js";
import { focusRow, hasFocus, neighbourOf } from "./rows.js";
import { openShares } from "./share_dialog.js";

/** @import { Conversation, Changes } from "./conversation.js" */
/** @import { ConversationList } from "./list.js" */

export class Actions {
  /** The id of the one whose title is being written. */
  renaming = signal("");
  /** @type {(() => void) | null} */
  #undo = null;

  /** @param {ConversationList} list */
  constructor(list) {
    this.list = list;
  }

  /**
   * @param {Conversation} one
   * @returns {import("../ui/menu.js").MenuItem[]}
   */
  of(one) {
    const text = words().conversations;
    return [
      { name: one.pinned ? text.unpin : text.pin, icon: "pin", run: () => void this.pin(one) },
      { name: words().common.rename, icon: "edit", keys: "rename", run: () => this.beginRenaming(one) },
      { name: text.share, icon: "share", run: () => void openShares(one) },
      { name: text.asMarkdown, icon: "take", run: () => void this.takeOut(one, "markdown") },
      { name: text.asJson, icon: "take", run: () => void this.takeOut(one, "json") },
      { name: one.archived ? text.unarchive : text.archive, icon: "archive", run: () => void this.archive(one) },
      { name: words().common.delete, icon: "trash", keys: "remove", danger: true, run: () => this.remove(one) },
    ];
  }

  /** @param {Conversation} one */
  async pin(one) {
    await this.#change(one, { pinned: !one.pinned }, words().conversations.notPinned);
  }

  /** @param {Conversation} one */
  async archive(one) {
    const text = words().conversations;
    const archived = !one.archived;
    const next = hasFocus(one.id) ? neighbourOf(one.id) : "";
    const done = this.#change(one, { archived }, text.notArchived);
    if (archived && next) focusRow(next);
    if (await done && archived) {
      const undo = () => void this.#change(one, { archived: false }, text.notArchived);
      toast(text.archivedNow(one.title || text.untitled), { action: { name: words().common.undo, run: undo } });
    }
  }

  /** @param {Conversation} one */
  beginRenaming(one) {
    this.renaming.value = one.id;
  }

  /**
   * @param {Conversation} one
   * @param {string} title empty: it stays as it is
   */
  endRenaming(one, title = "") {
    if (this.renaming.value !== one.id) return;
    const wanted = title.replace(/\s+/g, " ").trim();
    this.renaming.value = "";
    if (wanted && wanted !== one.title) void this.#change(one, { title: wanted }, words().conversations.notRenamed);
  }

  /**
   * Hide it now, and delete it when nobody wants it back.
   * @param {Conversation} one
   */
  remove(one) {
    const text = words().conversations;
    const wasOpen = route.value.path === addressOf(one.id);
    const next = hasFocus(one.id) ? neighbourOf(one.id) : "";
    const { show, remove } = this.list.hide(one.id);
    if (wasOpen) go("/");
    if (next) focusRow(next);
    const undo = () => {
      if (this.#undo === undo) this.#undo = null;
      show();
      if (focusIsLost()) focusRow(one.id); // it was where this was asked for
      if (wasOpen && route.value.path === "/") go(addressOf(one.id));
    };
    const over = async () => {
      if (this.#undo === undo) this.#undo = null;
      try {
        await remove();
      } catch (error) {
        complain(text.notDeleted, error);
      }
    };
    this.#undo = toast(text.deleted(one.title || text.untitled), { action: { name: words().common.undo, run: undo }, over });
  }

  /** Nobody stays in a conversation that another tab has deleted. @param {string} id */
  leave(id) {
    if (!id || route.value.path !== addressOf(id)) return;
    go("/");
    toast(words().conversations.deletedElsewhere);
  }

  /** Nor in one of all that were. */
  leaveAny() {
    if (route.value.name === "chat") this.leave(route.value.params.id ?? "");
  }

  /** Bring back what was deleted last, if that is still possible. */
  undo() {
    this.#undo?.();
  }

  /**
   * @param {Conversation} one
   * @param {import("./exchange.js").Format} format
   */
  async takeOut(one, format) {
    try {
      await takeOut(one, format);
    } catch (error) {
      complain(words().conversations.notExported, error);
    }
  }

  /** Make conversations of files that are chosen now, and open the last. */
  async bringIn() {
    const text = words().conversations;
    let made = "";
    for (const file of await chosenFiles()) {
      try {
        const told = await bringIn(file);
        this.list.add(told);
        made = told.id;
      } catch (error) {
        const known = /** @type {Record<string, string>} */ (text.importProblems)[/** @type {any} */ (error).code];
        const why = error instanceof NotAConversation ? text.noConversation : known ?? problemInWords(error);
        toast(text.notImported(file.name, why), { kind: "problem" });
      }
    }
    if (made) go(addressOf(made));
  }

  /**
   * @param {Conversation} one
   * @param {Changes} changes
   * @param {(why: string) => string} refused
   * @returns {Promise<boolean>} whether it is done
   */
  async #change(one, changes, refused) {
    const focused = hasFocus(one.id);
    const changing = this.list.change(one.id, changes);
    if (focused) focusRow(one.id); // where it stands now
    try {
      await changing;
      return true;
    } catch (error) {
      complain(refused, error);
      return false;
    }
  }
}

/**
 * @param {(why: string) => string} refused
 * @param {unknown} error
 */
function complain(refused, error) {
  toast(refused(problemInWords(error)), { kind: "problem" });
}
