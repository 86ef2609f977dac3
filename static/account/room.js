// @ts-check
// The way in: signing in and up, and what letters lead to.

import { go, route } from "../core/router.js";
import { effect, untracked } from "../core/signal.js";
import { setTitle } from "../core/title.js";
import { words } from "../core/words.js";
import { problemInWords } from "../ui/problem.js";
import { toast } from "../ui/toasts.js";
import { nextOf } from "./addresses.js";
import { Entrance } from "./entrance.js";
import { signInView, signUpView } from "./entrance_view.js";
import { Letter } from "./letter.js";
import { letterView } from "./letter_view.js";
import { me, signedIn } from "./me.js";
import { readOptions } from "./options.js";

/** @import { App, Room } from "../app.js" */

/**
 * One room for all three views; whoever may not come in sees it at every address.
 * @param {App} app
 * @returns {Room}
 */
export function createAccountRoom(app) {
  const entrance = new Entrance((wasGuest, isNew) => {
    void app.conversations.refresh();
    const text = words().account;
    if (isNew) toast(wasGuest ? text.welcomeGuest : text.welcome);
    else toast(wasGuest ? text.backGuest(me.value.name) : text.back(me.value.name));
  });
  const letter = new Letter();
  effect(() => {
    const { name, query } = route.value;
    if (signedIn.value && ["sign-in", "sign-up"].includes(name)) untracked(() => leadOn(query));
  });
  let asked = false;
  effect(() => {
    if (asked || !isShown()) return;
    asked = true;
    untracked(() => void readOptions());
  });
  return { view: () => {
    const { name, query, path } = route.value;
    if (name === "letter") {
      setTitle(words().account.letter.title);
      return letterView(letter);
    }
    setTitle(name === "sign-up" ? words().account.signUp : words().account.signIn);
    if (name === "sign-up") return signUpView(entrance, nextOf(query));
    return signInView(entrance, name === "sign-in" ? nextOf(query) : query.size ? `${path}?${query}` : path);
  } };
}

/** Who is signed in has nothing to do here; if nothing came of connecting a provider, that is said where one does it. @param {URLSearchParams} query */
function leadOn(query) {
  const problem = query.get("problem");
  go(problem ? "/settings/connections" : nextOf(query), { replace: true });
  if (problem) toast(problemInWords({ code: problem }), { kind: "problem" });
}

const isShown = () => ["sign-in", "sign-up", "letter"].includes(route.value.name) || me.value.kind === "none";
