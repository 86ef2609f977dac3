// @ts-check
// What a browser calls itself, in two words a person knows. Only for reading: nothing is decided by it.

/** The first that fits: many name others beside themselves. @type {[RegExp, string][]} */
const BROWSERS = [
  [/Edg\w*\//, "Edge"], [/OPR\//, "Opera"], [/SamsungBrowser\//, "Samsung Internet"], [/(Firefox|FxiOS)\//, "Firefox"],
  [/(HeadlessChrome|Chrome|CriOS)\//, "Chrome"], [/Version\/.*Safari\//, "Safari"], [/^curl\//, "curl"], [/python/i, "Python"],
];

/** @type {[RegExp, string][]} */
const SYSTEMS = [
  [/iPhone|iPod/, "iPhone"], [/iPad/, "iPad"], [/Android/, "Android"], [/Windows/, "Windows"], [/CrOS/, "ChromeOS"],
  [/Macintosh|Mac OS X/, "macOS"], [/Linux/, "Linux"],
];

/** @param {string} agent */
export const browserIn = (agent) => first(BROWSERS, agent);

/** @param {string} agent */
export const systemIn = (agent) => first(SYSTEMS, agent);

/** @param {[RegExp, string][]} known @param {string} agent */
const first = (known, agent) => known.find(([pattern]) => pattern.test(agent))?.[1] ?? "";
