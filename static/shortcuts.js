// @ts-check
// What keys do in whatever room one is. A room's own are in the room.

import { go } from "./core/router.js";
import { onShortcut } from "./core/shortcuts.js";
import { words } from "./core/words.js";
import { toast } from "./ui/toasts.js";
import { sidebarIsThere, toggleSidebar } from "./ui/sidebar.js";

export function startShortcuts() {
  onShortcut("settings", () => go("/settings"));
  onShortcut("sidebar", () => sidebarIsThere() && toggleSidebar());
  onShortcut("help", () => void showHelp());
}

async function showHelp() {
  try {
    await (await import("./shortcuts_dialog.js")).openShortcuts();
  } catch {
    toast(words().problems.unreachable, { kind: "problem" });
  }
}
