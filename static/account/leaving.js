// @ts-check
// Signing out, and what is done when the server says that one is signed out.

import { http } from "../core/http.js";
import { go, route } from "../core/router.js";
import { effect, untracked } from "../core/signal.js";
import { sessionIsOver } from "../core/session.js";
import { visible } from "../core/visible.js";
import { words } from "../core/words.js";
import { problemInWords } from "../ui/problem.js";
import { settleToasts, toast } from "../ui/toasts.js";
import { forgetMe, letGo, readMe, signedIn } from "./me.js";
import { signInAddress } from "./addresses.js";

/** Nothing of the account stays in this browser. */
export async function signOut() {
  await settleToasts(); // what could still be undone is done by who may do it
  try {
    await http.post("/v1/auth/logout");
  } catch (error) {
    toast(problemInWords(error), { kind: "problem" });
    return;
  }
  leave();
}

/** The page begins anew, as nobody's. */
export function leave() {
  forgetMe();
  location.assign("/");
}

/** Be a guest where a session is over: the server takes its cookie back. */
export async function goOnAsGuest() {
  await http.post("/v1/auth/logout").catch(() => null);
  location.assign("/");
}

/** From now on: who was signed out elsewhere is told so and led to signing in, and comes back to where they were. */
export function watchSession() {
  effect(() => {
    if (!sessionIsOver.value) return;
    sessionIsOver.value = false;
    untracked(ended);
  });
  effect(() => {
    if (visible.value && untracked(() => signedIn.value)) void readMe().catch(() => null); // it may have ended in between
  });
}

function ended() {
  if (!signedIn.value) return;
  letGo();
  toast(words().problems.session_ended, { kind: "problem" });
  const { path, query } = route.value;
  const here = query.size ? `${path}?${query}` : path;
  go(signInAddress(here));
}
