// @ts-check
// English. Another language is one more file beside this one with the same names; what it leaves out is said in English.
// Sentences say what happened, what was kept, and what to do. A count's noun has a form for each of the language's rules.

export default {
  language: "English",

  common: {
    cancel: "Cancel",
    close: "Close",
    copied: "Copied",
    copy: "Copy",
    delete: "Delete",
    done: "Done",
    loading: "Loading …",
    menu: "Menu",
    more: "More",
    rename: "Rename",
    retry: "Try again",
    save: "Save",
    undo: "Undo",
    nouns: {
      token: { one: "token", other: "tokens" },
      second: { one: "second", other: "seconds" },
    },
  },

  shell: {
    skip: "Go to the message field",
    newChat: "New chat",
    showSidebar: "Show conversations",
    hideSidebar: "Hide conversations",
    settings: "Settings",
    administration: "Administration",
    signIn: "Sign in",
    signOut: "Sign out",
    signUp: "Make an account",
    guest: "Guest",
    account: "Account",
    shortcuts: "Keyboard shortcuts",
  },

  chat: {
    title: "Chat",
  },

  conversations: {
    title: "Conversations",
  },

  status: {
    connecting: "connecting …",
    ready: "ready",
    loading: "getting ready …",
  },

  settings: {
    title: "Settings",
  },

  account: {
    title: "Account",
  },

  admin: {
    title: "Administration",
    notYours: "This part of Parley is for its administrators, and your account is not one of theirs. An administrator can change that.",
    signedOut: "This part of Parley is for its administrators. Sign in with an administrator’s account to see it.",
    back: "Back to the chat",
    kept: (/** @type {string} */ time) => `What you see is as it was at ${time}.`,
    age: (/** @type {string} */ span) => `${span} old`,
    units: { ms: "ms", s: "s", min: "min", h: "h", d: "d", bytes: ["B", "KiB", "MiB", "GiB", "TiB"] },

    users: {
      title: "Users",
      search: "Search by name, address or id",
      name: "Name",
      role: "Role",
      state: "State",
      since: "Since",
      you: "you",
      user: "User",
      guest: "Guest",
      administrator: "Administrator",
      active: "Active",
      off: "Turned off",
      unverified: "address not confirmed",
      none: "There are no accounts yet.",
      noneFound: (/** @type {string} */ query) => `Nobody is found by “${query}”.`,
      menu: (/** @type {string} */ name) => `What to do with ${name}`,
      promote: "Make administrator",
      promoteTitle: (/** @type {string} */ name) => `Make ${name} an administrator?`,
      promoteText: "Administrators see all accounts and how the installation is doing, and can turn any account off, yours too.",
      promoted: (/** @type {string} */ name) => `${name} is an administrator now.`,
      demote: "Make an ordinary user",
      demoteTitle: (/** @type {string} */ name) => `Make ${name} an ordinary user?`,
      demoteText: "They keep their account and conversations, and can no longer come here.",
      demoteYourself: "This is you: you keep your account and conversations, and can no longer come here.",
      demoted: (/** @type {string} */ name) => `${name} is an ordinary user now.`,
      turnOff: "Turn off",
      turnOffTitle: (/** @type {string} */ name) => `Turn ${name} off?`,
      turnOffText: "They are signed out everywhere within seconds, and their keys are refused. Nothing of theirs is deleted, and you can turn them on again.",
      turnOffYourself: "This is you: you are signed out everywhere within seconds, and only another administrator can let you in again.",
      turnedOff: (/** @type {string} */ name) => `${name} is turned off, and out within seconds.`,
      turnOn: "Turn on",
      turnedOn: (/** @type {string} */ name) => `${name} is let in again.`,
      pages: "Pages of users",
      page: (/** @type {number} */ number) => `Page ${number}`,
      previous: "Previous",
      next: "Next",
    },
  },

  /** By error code. */
  problems: {
    unknown: "Something went wrong, and the server did not say what. Try again.",
    unreachable: "The server does not answer. Nothing is lost: try again in a moment.",
    context_length_exceeded: "This conversation has become longer than the model can read. Begin a new chat.",
    input_too_large: "This is more text than the server takes. Shorten it, or begin a new chat.",
    frame_too_large: "This is more text than the server takes. Shorten it, or begin a new chat.",
    model_not_found: "No worker runs this model just now. Choose another, or try again when it is ready.",
    queue_full: "Too many people are asking just now. Your question is kept: try again in a moment.",
    queue_timeout: "It took too long until a worker was free. Your question is kept: try again in a moment.",
    too_many_responses: "Too many of your answers are under way. Try again when one has ended.",
    relay_unavailable: "The server cannot take questions for a moment. Yours is kept: try again soon.",
    worker_lost: "The worker that wrote this answer was lost. What it had written is kept: try again.",
    response_not_found: "The server no longer has this answer. Ask again.",
    conversation_not_found: "There is no such conversation here, or it is not yours.",
    session_ended: "You are signed out. Sign in again; what you wrote is kept.",
    last_administrator: "This is the last administrator. Make somebody else one first.",
    administrator_required: "This needs an administrator, and your account is no longer one.",
  },
};
