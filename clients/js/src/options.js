/**
 * How patient a client is. Times in seconds.
 * @typedef {object} Options
 * @property {number} firstDelayS
 * @property {number} maxDelayS
 * @property {number} patienceS  how long a stream's trouble may last, without anything new of it, before it fails
 * @property {number} connectTimeoutS
 * @property {number} heartbeatS  so long after the last frame a ping is sent, while a stream is under way …
 * @property {number} heartbeatTimeoutS  … and so long after it the connection is given up
 * @property {number} maxInFlight  streams on the socket at once; others wait for one to end
 */

/** @type {Readonly<Options>} */
export const DEFAULTS = Object.freeze({
  firstDelayS: 0.25,
  maxDelayS: 8,
  patienceS: 60,
  connectTimeoutS: 10,
  heartbeatS: 10,
  heartbeatTimeoutS: 10,
  maxInFlight: 16,
});

/**
 * The pause before attempt 1, 2, …: doubled each time, and any part of its second half taken off at random.
 *
 * Thousands of clients lose their connections at once when a gateway goes, and should not return at once.
 * @param {Options} options
 * @param {number} attempt
 * @param {number} random  0 to 1
 */
export function delayS(options, attempt, random) {
  const longest = Math.min(options.maxDelayS, options.firstDelayS * 2 ** Math.min(attempt - 1, 30));
  return longest * (0.5 + 0.5 * random);
}
