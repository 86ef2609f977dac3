// @ts-check
// The room of settings: its sections at the side, and the one that the address names.

import { me, readMe, signedIn } from "../account/me.js";
import { options, readOptions } from "../account/options.js";
import { html, keyed, nothing, ref } from "../core/dom.js";
import { route } from "../core/router.js";
import { computed, effect, untracked } from "../core/signal.js";
import { setTitle } from "../core/title.js";
import { words } from "../core/words.js";
import { sidebarButton } from "../ui/sidebar.js";
import { icon } from "../ui/icons.js";
import { appearanceView } from "./appearance.js";
import { Connections, connectionsView } from "./connections.js";
import { Data, dataView } from "./data.js";
import { Keys, keysView } from "./keys.js";
import { Profile, profileView } from "./profile.js";
import { Sessions, sessionsView } from "./sessions.js";
import { talkingView } from "./talking.js";

/** @import { App, Room } from "../app.js" */
/** @typedef {"talking" | "appearance" | "profile" | "keys" | "sessions" | "connections" | "data"} Name */
/** @typedef {{icon: import("../ui/icons.js").IconName, view: () => unknown, read?: () => unknown, shown?: () => boolean}} Section */

/** @type {Name[]} */
const NAMES = ["talking", "appearance", "profile", "keys", "sessions", "connections", "data"];

/**
 * @param {App} app
 * @returns {Room}
 */
export function createSettingsRoom(app) {
  const [profile, keys, sessions, connections, data] = [new Profile(), new Keys(), new Sessions(), new Connections(), new Data(app)];
  /** @type {Record<Name, Section>} */
  const sections = {
    talking: { icon: "chat", view: () => talkingView(app) },
    appearance: { icon: "sun", view: appearanceView },
    profile: { icon: "user", view: () => profileView(profile), read: readMe },
    keys: { icon: "key", view: () => keysView(keys), read: () => signedIn.value && keys.all.read() },
    sessions: { icon: "screen", view: () => sessionsView(sessions), read: () => signedIn.value && sessions.all.read() },
    connections: {
      icon: "link", view: () => connectionsView(connections), read: () => signedIn.value && connections.all.read(),
      shown: () => options.value.providers.length > 0,
    },
    data: { icon: "take", view: () => dataView(data) },
  };
  const whose = computed(() => me.value.id); // what was read is somebody's
  effect(() => {
    whose.value;
    untracked(() => [keys, sessions, connections].forEach((one) => one.all.forget()));
  });
  effect(() => {
    if (route.value.name !== "settings" || !whose.value) return;
    const name = current();
    untracked(() => void sections[name].read?.());
  });
  effect(() => {
    if (route.value.name === "settings") untracked(() => void readOptions());
  });
  return { view: () => roomView(sections) };
}

/** @param {Record<Name, Section>} sections */
function roomView(sections) {
  const name = current();
  const text = words().settings;
  setTitle(`${text[name].title} · ${text.title}`);
  return html`
    <header class="bar">${sidebarButton()}<h1 class="bar-title">${text.title}</h1></header>
    <div class="room">
      <div class="settings">
        <nav class="settings-nav" aria-label=${text.title}>
          ${Object.entries(sections).map(([id, { icon: picture, shown }]) => (shown && !shown() ? nothing : html`
            <a href="/settings/${id}" aria-current=${id === name ? "page" : nothing} ${ref(id === name ? intoView : nowhere)}>${icon(picture)}<span>${text[/** @type {Name} */ (id)].title}</span></a>`))}
        </nav>
        <div class="settings-section stack" data-section=${name}>${keyed(name, html`${sections[name].view()}`)}</div>
      </div>
    </div>`;
}

/** On a narrow screen the sections stand side by side, and the one that is shown may be beyond the edge. @param {Element | undefined} link */
const intoView = (link) => link && requestAnimationFrame(() => link.scrollIntoView({ block: "nearest", inline: "center" }));
const nowhere = () => {};

/** The section that the address names; the first where it names none that there is. @returns {Name} */
function current() {
  const asked = route.value.params.section ?? "";
  return NAMES.includes(/** @type {Name} */ (asked)) ? /** @type {Name} */ (asked) : NAMES[0];
}
