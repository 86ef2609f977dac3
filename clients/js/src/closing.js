/** What a close code means for the streams of the socket (RFC 6455, 7.4.1). */
import { ConnectionLostError, NotAllowedError, RequestError } from "./errors.js";

export const TOO_LARGE = 1009;

/** @type {Record<number, [typeof RequestError, string, string]>} */
const FATAL = {
  1002: [RequestError, "protocol_error", "The server does not understand this client."],
  1003: [RequestError, "unsupported_data", "The server does not take what this client sends."],
  1007: [RequestError, "invalid_utf8", "What was sent is not UTF-8."],
  1008: [NotAllowedError, "policy_violation", "The server does not let this client in."],
  [TOO_LARGE]: [RequestError, "frame_too_large", "The message is over the server's limit; send less."],
  1010: [RequestError, "missing_extension", "The server lacks an extension that this client needs."],
};

const ERROR_CODE = /^[a-z][a-z_]*$/;

/**
 * The error where coming back is of no use; null where the client should connect again and resume.
 *
 * A reason of the server's own is an error code; what its WebSocket library says is prose.
 * @param {number} code
 * @param {string} reason
 */
export function fatalError(code, reason) {
  if (!(code in FATAL)) return null;
  const [Kind, errorCode, message] = FATAL[code];
  return new Kind(ERROR_CODE.test(reason) ? reason : errorCode, message);
}

/**
 * The error of a stream that waits for a connection, if its patience ends before there is one.
 * @param {number} code
 * @param {string} reason
 * @param {number} patienceS
 */
export function lostError(code, reason, patienceS) {
  const why = reason ? `: ${reason}` : "";
  return new ConnectionLostError("connection_lost", `There was no connection for ${patienceS} seconds (${code}${why}).`);
}
