// @ts-check
// An answer that has stopped growing: the server is asked at once whether it knows why, and not at the next time it would be.

/** @import { ServerStatus } from "../status/server_status.js" */
/** @import { Turn } from "./turn.js" */

const LOOK_MS = 1000;
const SILENT_LOOKS = 2;

/**
 * @param {Turn} turn
 * @param {ServerStatus} server
 * @returns {() => void} watches no more
 */
export function watchSilence({ answer }, server) {
  let { number } = answer;
  let looks = 0;
  const timer = setInterval(() => {
    looks = answer.number === number ? looks + 1 : 0;
    ({ number } = answer);
    const silent = looks >= SILENT_LOOKS && answer.phase.value === "writing";
    if (silent || server.status.value?.ready === false) void server.look();
  }, LOOK_MS);
  return () => clearInterval(timer);
}
