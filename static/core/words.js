// @ts-check
// The page's language. English is always there, and stands in for what another language does not say.

import en from "../words/en.js";
import { tell } from "./memory.js";
import { signal } from "./signal.js";

/** @typedef {typeof en} Words */

/** @type {import("./signal.js").Signal<Words>} */
const current = signal(en);
export const language = signal("en");
/** Codes of all languages that there are a file for. */
export const languages = signal(["en"]);

/** The words of the language chosen; a view that reads them is drawn anew when that changes. */
export const words = () => current.value;

/** Speak the language that the page came in: the one chosen before, or else the first of the browser's that there is. */
export async function startWords() {
  void readLanguages();
  try {
    await speak(document.documentElement.lang);
  } catch {
    await speak("en"); // the server is away
  }
}

async function readLanguages() {
  try {
    languages.value = await (await fetch("/static/words.json")).json();
  } catch {
    // the server is away: there is no choice
  }
}

/**
 * Change the language, and let the server know, which draws what is seen first.
 * @param {string} code
 */
export async function choose(code) {
  await speak(code);
  tell("language", code);
}

/** @param {string} code */
async function speak(code) {
  const own = code === "en" ? en : (await import(`../words/${code}.js`)).default;
  current.value = complete(en, own);
  language.value = code;
  document.documentElement.lang = code;
}

/**
 * @template T
 * @param {T} whole
 * @param {any} part
 * @returns {T}
 */
function complete(whole, part) {
  if (typeof whole !== "object" || whole === null || Array.isArray(whole)) return part ?? whole;
  return /** @type {T} */ (Object.fromEntries(
    Object.entries(whole).map(([name, value]) => [name, complete(value, part?.[name])])));
}

/** @param {number} value @param {Intl.NumberFormatOptions} [how] */
export const number = (value, how) => new Intl.NumberFormat(language.value, how).format(value);

/** @param {number} unixS */
export const moment = (unixS) => (
  new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" }).format(unixS * 1000));

/** @param {number} unixS */
export const day = (unixS) => new Intl.DateTimeFormat(language.value, { dateStyle: "medium" }).format(unixS * 1000);

/**
 * A count and its noun, by the language's own rules: `{one: "token", other: "tokens"}`.
 * @param {number} value
 * @param {Partial<Record<Intl.LDMLPluralRule, string>> & {other: string}} noun
 */
export function count(value, noun) {
  const rule = new Intl.PluralRules(language.value).select(value);
  return `${number(value)} ${noun[rule] ?? noun.other}`;
}
