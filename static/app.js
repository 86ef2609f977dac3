// @ts-check
// Puts the page together: makes what the rooms share, and draws the shell. The only module that knows all rooms.

import { watchSession } from "./account/leaving.js";
import { me, readMe } from "./account/me.js";
import { watchArrivals } from "./arriving.js";
import { createChatRoom } from "./chat/room.js";
import { Client } from "./client/index.js";
import { ConversationList } from "./conversations/list.js";
import { createSidebar } from "./conversations/sidebar.js";
import { mount } from "./core/dom.js";
import { startRouter } from "./core/router.js";
import { computed } from "./core/signal.js";
import { applyTheme } from "./core/theme.js";
import { startWords } from "./core/words.js";
import { later } from "./later.js";
import { shellView } from "./shell.js";
import { ServerStatus } from "./status/server_status.js";

/**
 * What the rooms share. Each is made once; a room takes what it needs.
 * @typedef {object} App
 * @property {Client} client  the only way to talk to models
 * @property {ConversationList} conversations
 * @property {ServerStatus} server  whether one can chat, with which models
 *
 * A room draws the main part of the page, or a piece of it, for the address of the moment.
 * @typedef {{view: () => unknown}} Room
 */

applyTheme();
startRouter();
await startWords();

/** @type {App} */
const app = {
  client: new Client(location.origin),
  conversations: new ConversationList({ id: computed(() => me.value.id), ask: readMe }),
  server: new ServerStatus(),
};
const chat = createChatRoom(app);
const account = later(async () => (await import("./account/room.js")).createAccountRoom(app), "/static/account/account.css");

/** By the name of the route. @type {Record<string, Room>} */
const rooms = {
  chat,
  shared: later(async () => (await import("./conversations/shared_room.js")).createSharedRoom(app)),
  "sign-in": account,
  "sign-up": account,
  letter: account,
  settings: later(async () => (await import("./settings/room.js")).createSettingsRoom(app), "/static/settings/settings.css"),
  admin: later(async () => (await import("./admin/room.js")).createAdminRoom(app), "/static/admin/admin.css"),
};

mount(/** @type {HTMLElement} */ (document.getElementById("app")), shellView({ rooms, sidebar: createSidebar(app) }));
app.server.start();
watchArrivals();
watchSession();
try {
  await readMe();
} finally {
  void app.conversations.refresh();
}
