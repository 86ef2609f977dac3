/**
 * Events as text frames, and back.
 * @import {Event} from "./errors.js"
 */

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const utf8 = new TextEncoder();

/**
 * JSON. Halves of characters, which UTF-8 cannot say, become U+FFFD.
 * @param {Event} event
 */
export function encode(event) {
  return JSON.stringify(event, (_, value) =>
    typeof value === "string" ? value.replace(LONE_SURROGATE, "\ufffd") : value);
}

/**
 * A frame's event; an empty one for what is none, which concerns nobody.
 * @param {string} text
 * @returns {Event}
 */
export function decode(text) {
  let event;
  try {
    event = JSON.parse(text);
  } catch {
    return {};
  }
  return isObject(event) ? event : {};
}

/** @param {string} text */
export const sizeBytes = (text) => utf8.encode(text).length;

/**
 * @param {unknown} value
 * @returns {value is Event}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
