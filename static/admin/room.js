// @ts-check
// The room of administrators: how the installation is doing, and who may use it. One section at a time is shown and asked for.

import { signInAddress } from "../account/addresses.js";
import { me, readMe } from "../account/me.js";
import { html, nothing, ref } from "../core/dom.js";
import { route } from "../core/router.js";
import { computed, effect } from "../core/signal.js";
import { visible } from "../core/visible.js";
import { words } from "../core/words.js";
import { sidebarButton } from "../ui/sidebar.js";
import { connectedView } from "./connected_view.js";
import { Errors } from "./errors.js";
import { errorsView } from "./errors_view.js";
import { now } from "./figures.js";
import { History } from "./history.js";
import { Live } from "./live.js";
import { overviewView } from "./overview_view.js";
import { Paged } from "./paged.js";
import { performanceView } from "./performance_view.js";
import { shapesOf } from "./plot_view.js";
import { Users } from "./users.js";
import { usersView } from "./users_view.js";

/** @import { App, Room } from "../app.js" */
/** @typedef {{name: SectionName, reading: import("./reading.js").Reading<any>, view: () => unknown}} Section */
/** @typedef {"overview" | "performance" | "users" | "connected" | "errors"} SectionName */

const EVERY_MS = 2000;
const TICK_MS = 1000;

/**
 * @param {App} app
 * @returns {Room}
 */
export function createAdminRoom(app) {
  const live = new Live();
  const history = new History();
  const shapes = shapesOf(history.plots);
  const users = new Users();
  const errors = new Errors();
  /** @type {Paged<import("./connected_view.js").Connected>} */
  const connected = new Paged("/v1/admin/connected", { everyMs: EVERY_MS });
  /** The first is the one at /admin. @type {Section[]} */
  const sections = [
    { name: "overview", reading: live.reading, view: () => overviewView(live) },
    { name: "performance", reading: history.reading, view: () => performanceView(history, shapes) },
    { name: "users", reading: users.paged.reading, view: () => usersView(users) },
    { name: "connected", reading: connected.reading, view: () => connectedView(connected) },
    { name: "errors", reading: errors.reading, view: () => errorsView(errors) },
  ];
  const shown = computed(() => {
    if (route.value.name !== "admin") return null;
    return sections.find(({ name }) => name === route.value.params.section) ?? sections[0];
  });
  effect(() => {
    const section = shown.value;
    if (!section || !me.value.administrator || !visible.value) return undefined;
    section.reading.start();
    now.value = Date.now();
    const ticking = setInterval(() => { now.value = Date.now(); }, TICK_MS);
    return () => {
      clearInterval(ticking);
      section.reading.stop();
    };
  });
  return { view: () => (me.value.administrator ? sectionView(sections, shown.value ?? sections[0]) : gate(app)) };
}

/**
 * @param {Section[]} sections
 * @param {Section} shown
 */
function sectionView(sections, shown) {
  const text = words().admin;
  return html`
    <header class="bar">${sidebarButton()}<h1 class="bar-title">${text.title}</h1></header>
    <nav class="admin-tabs" aria-label=${text.title}>
      ${sections.map((one, i) => html`
        <a href=${i ? `/admin/${one.name}` : "/admin"} aria-current=${one === shown ? "page" : "false"} ${one === shown ? ref(bringIntoSight) : nothing}>${text[one.name].title}</a>`)}
    </nav>
    <div class="room" role="region" aria-label=${text[shown.name].title} tabindex="0"><div class="room-inner admin-room">${shown.view()}</div></div>`;
}

/** Tabs may be wider than a phone. @param {Element | undefined} tab */
const bringIntoSight = (tab) => tab?.scrollIntoView({ block: "nearest", inline: "center" });

/** What others see here. @param {App} app */
function gate(app) {
  const text = words().admin;
  const { kind } = me.value;
  return html`
    <header class="bar">${sidebarButton()}<h1 class="bar-title">${text.title}</h1></header>
    <div class="room"><div class="room-inner"><div class="admin-gate">${
      kind === "account" ? html`<p>${text.notYours}</p><p><a class="primary" href="/">${text.back}</a></p>`
        : kind !== "unknown" ? html`<p>${text.signedOut}</p>
          <p class="row"><a class="primary" href=${signInAddress(route.value.path)}>${words().shell.signIn}</a><a class="quiet" href="/">${text.back}</a></p>`
        : app.server.status.value === null ? html`<p role="alert">${words().problems.unreachable}</p>
          <p><button type="button" class="quiet" @click=${() => void readMe()}>${words().common.retry}</button></p>`
        : html`<p class="soft" role="status">${words().common.loading}</p>`
    }</div></div></div>`;
}
