/** Reads the cases that drive both clients. */
import { readFileSync, readdirSync } from "node:fs";

const FOLDER = new URL("../../vectors/", import.meta.url);

/**
 * The cases of a file, or of all files of a folder (`session/`), with the file's name.
 * @param {string} path
 * @returns {[string, any][]}
 */
export function cases(path) {
  const files = path.endsWith("/") ? readdirSync(new URL(path, FOLDER)).sort().map((name) => path + name) : [path];
  return files.flatMap((file) => {
    const found = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")).cases;
    return found.map((/** @type {any} */ each, /** @type {number} */ n) => [`${file}: ${each.name ?? n}`, each]);
  });
}
