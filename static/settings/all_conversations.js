// @ts-check
// What one does with all conversations at once. It says before how many they are.

import { http } from "../core/http.js";
import { count, words } from "../core/words.js";
import { confirmed } from "../ui/dialog.js";
import { toast, settleToasts } from "../ui/toasts.js";
import { tried } from "./pieces.js";

/** @import { App } from "../app.js" */
/** @typedef {{total: number, archived: number}} Counted */

/** @param {App} app */
export const deleteAll = ({ conversations }) => tried(async () => {
  const text = words().settings.data;
  const told = await counted();
  if (!told.total) return void toast(text.noConversations);
  const all = count(told.total, text.allNoun);
  const sure = await confirmed({
    title: text.deleteAllTitle, text: text.deleteAllText(all, told.archived ? count(told.archived, text.ofThemArchived) : ""),
    yes: text.deleteAllYes(all), danger: true });
  if (!sure) return;
  await conversations.removeAll(told.total);
  toast(text.allDeleted(all));
});

/** @param {App} app */
export const archiveAll = ({ conversations }) => tried(async () => {
  const text = words().settings.data;
  const { total, archived } = await counted();
  if (total === archived) return void toast(text.nothingToArchive);
  const all = count(total - archived, text.allNoun);
  if (!(await confirmed({ title: text.archiveAllTitle, text: text.archiveAllText(all), yes: text.archiveAllYes(all) }))) return;
  await conversations.archiveAll();
  toast(text.allArchived(all));
});

/** Those that are about to be deleted are not counted any more. @returns {Promise<Counted>} */
async function counted() {
  await settleToasts();
  return http.get("/v1/conversations/count");
}
