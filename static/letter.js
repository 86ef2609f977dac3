// @ts-check
// What the links in letters lead to: it shows the token, which stands behind `#`, and a new password if that is asked for.
import { find } from "./core/elements.js";

const told = find("told", HTMLElement);
const form = find("choose", HTMLFormElement);
const asked = new URLSearchParams(location.hash.slice(1));
history.replaceState(null, "", location.pathname); // the token shall stay in no history

/** @param {string} path @param {Record<string, string>} body @param {string} done */
async function say(path, body, done) {
  told.textContent = "One moment …";
  try {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    told.textContent = answer.ok ? done : (await answer.json()).error.message;
    form.hidden = form.hidden || answer.ok;
  } catch {
    told.textContent = "The server cannot be reached; try again in a moment.";
  }
}

const verify = asked.get("verify");
const reset = asked.get("reset");
if (verify) {
  find("title", HTMLElement).textContent = "Your address";
  await say("/v1/auth/verify", { token: verify }, "Your address is confirmed. You may close this page.");
} else if (reset) {
  find("title", HTMLElement).textContent = "A new password";
  told.textContent = "Choose a new password; you are signed out everywhere then.";
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const password = find("password", HTMLInputElement).value;
    say("/v1/auth/reset-password", { token: reset, password }, "Your new password is chosen. Sign in with it.");
  });
} else {
  told.textContent = "There is no token in this address: open the link as it stands in the letter.";
}
