// @ts-check
// Puts the page together: makes what the rooms share, and draws the shell. The only module that knows all rooms.

import { watchSession } from "./account/leaving.js";
import { me, readMe } from "./account/me.js";
import { createAccountRoom } from "./account/room.js";
import { createAdminRoom } from "./admin/room.js";
import { createChatRoom } from "./chat/room.js";
import { Client } from "./client/index.js";
import { ConversationList } from "./conversations/list.js";
import { createSharedRoom } from "./conversations/shared_room.js";
import { createSidebar } from "./conversations/sidebar.js";
import { mount } from "./core/dom.js";
import { startRouter } from "./core/router.js";
import { computed } from "./core/signal.js";
import { applyTheme } from "./core/theme.js";
import { startWords } from "./core/words.js";
import { createSettingsRoom } from "./settings/room.js";
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
const account = createAccountRoom(app);

/** By the name of the route. @type {Record<string, Room>} */
const rooms = {
  chat,
  shared: createSharedRoom(app),
  "sign-in": account,
  "sign-up": account,
  letter: account,
  settings: createSettingsRoom(app),
  admin: createAdminRoom(app),
};

mount(/** @type {HTMLElement} */ (document.getElementById("app")), shellView({ rooms, sidebar: createSidebar(app) }));
app.server.start();
watchSession();
try {
  await readMe();
} finally {
  void app.conversations.refresh();
}
