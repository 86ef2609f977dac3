// @ts-check
// The users: who they are, what they may do, and changing that.

import { me, readMe } from "../account/me.js";
import { html, nothing, repeat } from "../core/dom.js";
import { count, moment, number, words } from "../core/words.js";
import { confirmed } from "../ui/dialog.js";
import { icon } from "../ui/icons.js";
import { menuButton } from "../ui/menu.js";
import { problemInWords } from "../ui/problem.js";
import { toast } from "../ui/toasts.js";
import { openInvitation } from "./invitation.js";
import { pagesView } from "./pages_view.js";
import { stateOf } from "./state.js";
import { nameOf } from "./users.js";

/** @import { Users, User, Change } from "./users.js" */

/** @param {Users} users */
export function usersView(users) {
  const text = words().admin.users;
  const total = users.paged.reading.value.value?.total;
  return html`
    <div class="admin-head">
      <h2>${text.title}</h2>${total === undefined ? nothing : html`<span class="soft admin-total">${number(total)}</span>`}
      <label class="admin-search">${icon("search")}<span class="unseen">${text.search}</span>
        <input type="search" placeholder=${text.search} autocomplete="off" spellcheck="false" .value=${users.search.value}
               @input=${(/** @type {Event} */ event) => users.find(/** @type {HTMLInputElement} */ (event.target).value)}></label>
      <button type="button" class="primary" @click=${() => void openInvitation(users)}>${icon("add")}${text.invite}</button>
    </div>
    ${stateOf(users.paged.reading, (page) => (page.data.length ? table(users, page.data) : nobody(users)))}
    ${pagesView(users.paged)}`;
}

/** @param {Users} users */
function nobody(users) {
  const text = words().admin.users;
  return html`<p class="admin-empty">${users.search.value ? text.noneFound(users.search.value) : text.none}</p>`;
}

/**
 * @param {Users} users
 * @param {User[]} found
 */
function table(users, found) {
  const text = words().admin.users;
  return html`
    <table class="table admin-users">
      <caption class="unseen">${text.title}</caption>
      <thead><tr>
        <th scope="col">${text.name}</th><th scope="col" class="admin-wide">${text.role}</th><th scope="col">${text.state}</th>
        <th scope="col" class="admin-wide">${text.since}</th><th scope="col"><span class="unseen">${words().common.more}</span></th>
      </tr></thead>
      <tbody>${repeat(found, (user) => user.id, (user) => row(users, user))}</tbody>
    </table>`;
}

/**
 * @param {Users} users
 * @param {User} user
 */
function row(users, user) {
  const text = words().admin.users;
  const name = nameOf(user);
  return html`
    <tr data-user=${user.id} aria-busy=${users.busy.value === user.id ? "true" : nothing} class=${user.is_active ? "" : "admin-off"}>
      <th scope="row">
        <span class="clip admin-name">${user.is_guest ? text.guest : name}</span>${user.id === me.value.id ? html` <span class="badge">${text.you}</span>` : nothing}
        <span class="clip soft small admin-name">${underName(user)}</span>
        ${user.role === "administrator" ? html`<span class="badge strong admin-narrow">${text.administrator}</span>` : nothing}</th>
      <td class="admin-wide">${roleOf(user)}</td>
      <td><span class="admin-state"><span class="dot" data-state=${user.is_active ? "ready" : "off"}></span>${user.is_active ? text.active : text.off}</span>
        <span class="soft small admin-line">${presence(user)}</span></td>
      <td class="admin-wide soft">${moment(user.created_at)}
        ${user.conversations === undefined ? nothing : html`<span class="small admin-line">${count(user.conversations, text.nouns.conversation)}</span>`}</td>
      <td class="admin-do">${menuButton({ label: text.menu(user.is_guest ? user.id : name), face: icon("more"), items: [
        !user.is_guest && user.is_active && roleItem(users, user),
        user.is_active
          ? { name: text.turnOff, icon: "stop", danger: true, run: () => void turnOff(users, user) }
          : { name: text.turnOn, icon: "play", run: () => void change(users, user, { is_active: true }, text.turnedOn(name)) },
      ] })}</td>
    </tr>`;
}

/** @param {User} user */
function underName(user) {
  const parts = user.is_guest ? [user.id] : [user.display_name && user.email, !user.is_verified && words().admin.users.unverified];
  return parts.filter(Boolean).join(" · ");
}

/** Whether they are here, or when they were. @param {User} user */
function presence({ is_connected: here, last_seen_at: seen }) {
  const text = words().admin.users;
  if (here) return text.here;
  return seen ? text.seen(moment(seen)) : "";
}

/** @param {User} user */
function roleOf(user) {
  const text = words().admin.users;
  if (user.is_guest) return html`<span class="soft">${text.guest}</span>`;
  return user.role === "administrator" ? html`<span class="badge strong">${text.administrator}</span>` : text.user;
}

/**
 * @param {Users} users
 * @param {User} user
 * @returns {import("../ui/menu.js").MenuItem}
 */
function roleItem(users, user) {
  const text = words().admin.users;
  return user.role === "administrator"
    ? { name: text.demote, icon: "user", run: () => void demote(users, user) }
    : { name: text.promote, icon: "key", run: () => void promote(users, user) };
}

/**
 * @param {Users} users
 * @param {User} user
 */
async function promote(users, user) {
  const text = words().admin.users;
  const name = nameOf(user);
  if (!await confirmed({ title: text.promoteTitle(name), text: text.promoteText, yes: text.promote })) return;
  await change(users, user, { role: "administrator" }, text.promoted(name));
}

/**
 * @param {Users} users
 * @param {User} user
 */
async function demote(users, user) {
  const text = words().admin.users;
  const name = nameOf(user);
  const question = { title: text.demoteTitle(name), text: user.id === me.value.id ? text.demoteYourself : text.demoteText, yes: text.demote };
  if (await confirmed(question)) await change(users, user, { role: "user" }, text.demoted(name));
}

/**
 * @param {Users} users
 * @param {User} user
 */
async function turnOff(users, user) {
  const text = words().admin.users;
  const name = nameOf(user);
  const question = { title: text.turnOffTitle(name), text: user.id === me.value.id ? text.turnOffYourself : text.turnOffText, yes: text.turnOff };
  if (await confirmed({ ...question, danger: true })) await change(users, user, { is_active: false }, text.turnedOff(name));
}

/**
 * @param {Users} users
 * @param {User} user
 * @param {Change} wanted
 * @param {string} done what is said then
 */
async function change(users, user, wanted, done) {
  try {
    await users.change(user, wanted);
    toast(done);
    if (user.id === me.value.id) await readMe();
  } catch (error) {
    toast(problemInWords(error), { kind: "problem" });
  }
}
