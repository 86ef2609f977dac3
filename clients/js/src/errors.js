/**
 * What can go wrong, one tree; the Python client has the same.
 *
 *     ParleyError                  code, message, param, retryable, responseId
 *     ├── RequestError             the request can never work as it is
 *     │   ├── NotFoundError        what it names does not exist, is not yours, or is remembered no more
 *     │   └── NotAllowedError      who asks may not
 *     ├── OverloadedError          not now; the client has tried for as long as its patience lasts
 *     ├── ServerError              the server's fault
 *     ├── ResponseFailedError      the response has ended as failed; `response` is all there is of it
 *     ├── DivergedError            part of what was told has been lost and made anew: read it whole again
 *     ├── ConnectionLostError      no connection could be made for as long as patience lasts
 *     └── ClosedError              the client was closed
 */

/**
 * An event of the protocol, or an object in one.
 * @typedef {{[field: string]: any}} Event
 */

const FAILED_FOR_NOW = new Set([
  "queue_full", "queue_timeout", "relay_unavailable", "history_unavailable", "service_restart", "too_many_responses",
  "worker_lost",
]);

/** Base of all. Retryable: the same request, made anew, may work. `param` is the field that is wrong. */
export class ParleyError extends Error {
  retryable = false;

  /**
   * @param {string} code
   * @param {string} message
   * @param {string | null} [param]
   * @param {string | null} [responseId]
   */
  constructor(code, message, param = null, responseId = null) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.param = param;
    this.responseId = responseId;
  }

  /**
   * The same of another response: the end of a connection may be that of many.
   * @param {string | null} responseId
   * @returns {ParleyError}
   */
  about(responseId) {
    const Kind = /** @type {typeof ParleyError} */ (this.constructor);
    return new Kind(this.code, this.message, this.param, responseId);
  }
}

/** The request can never work as it is. */
export class RequestError extends ParleyError {}

/** What the request names does not exist, is not yours, or is remembered no more. */
export class NotFoundError extends RequestError {}

/** A wrong key, or none where one is needed. */
export class NotAllowedError extends RequestError {}

/** A limit was reached or a part of the server was away, and stayed so. */
export class OverloadedError extends ParleyError {
  retryable = true;
}

/** The server's fault. */
export class ServerError extends ParleyError {}

/** The response has ended as failed. `response` is the resource, with what was made until then. */
export class ResponseFailedError extends ParleyError {
  /** @param {Event} response */
  constructor(response) {
    const error = response.error ?? {};
    const code = String(error.code || "response_failed");
    super(code, String(error.message || "The response has failed."), null, response.id ?? null);
    this.response = response;
    this.retryable = FAILED_FOR_NOW.has(code);
  }

  about() {
    return this;
  }
}

/** Part of what was told has been lost and made anew. `client.follow(error.responseId)` reads it whole. */
export class DivergedError extends ParleyError {}

/** No connection could be made. A response under way goes on: `client.follow(error.responseId)` later. */
export class ConnectionLostError extends ParleyError {
  retryable = true;
}

/** The client was closed while the stream was under way. */
export class ClosedError extends ParleyError {}

/**
 * The error that the server tells, in a frame or in its answer to the upgrade.
 * @param {number} status
 * @param {Event} error
 * @returns {ParleyError}
 */
export function errorOf(status, error) {
  const code = String(error.code || `http_${status}`);
  const message = String(error.message || `The server has answered with status ${status}.`);
  const Kind = classOf(status, code);
  return new Kind(code, message, typeof error.param === "string" ? error.param : null);
}

/**
 * @param {number} status
 * @param {string} code
 * @returns {typeof ParleyError}
 */
function classOf(status, code) {
  if (code === "response_diverged") return DivergedError;
  if (status === 401 || status === 403) return NotAllowedError;
  if (status === 404 || code === "previous_response_not_found") return NotFoundError;
  if ([408, 429, 502, 503, 504].includes(status)) return OverloadedError;
  return status >= 500 ? ServerError : RequestError;
}
