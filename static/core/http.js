// @ts-check
// Requests to this server: JSON in and out, and one kind of error, which carries the server's code.

import { noteSessionEnd } from "./session.js";

const PATIENCE_MS = 15_000;

/** What the server refused, or that it did not answer: then `status` is 0 and the code `unreachable`. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{code?: string | null, message?: string, param?: string | null}} told
   * @param {number | null} [retryAfterS]
   */
  constructor(status, told, retryAfterS = null) {
    super(told.message || "The server refused this without a reason.");
    this.name = "ApiError";
    this.status = status;
    this.code = told.code ?? "";
    this.param = told.param ?? "";
    this.retryAfterS = retryAfterS;
  }
}

export const http = {
  /** @param {string} path @param {Record<string, string | number | boolean | undefined>} [query] @param {AbortSignal} [signal] */
  get: (path, query, signal) => call("GET", withQuery(path, query), undefined, signal),
  /** @param {string} path @param {unknown} [body] */
  post: (path, body = {}) => call("POST", path, body),
  /** @param {string} path @param {unknown} body */
  patch: (path, body) => call("PATCH", path, body),
  /** Goes through even where the page is left meanwhile. @param {string} path @param {unknown} [body] */
  delete: (path, body) => call("DELETE", path, body),
  /** What is no JSON, or shall stay as it is written. @param {string} path @param {Record<string, string | number | boolean | undefined>} [query] */
  text: async (path, query) => (await ask("GET", withQuery(path, query))).text(),
};

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} what the server said; null where it said nothing
 */
async function call(method, path, body, signal) {
  return json(await ask(method, path, body, signal));
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>} one that says yes; otherwise ApiError is thrown
 */
async function ask(method, path, body, signal) {
  const limit = AbortSignal.timeout(PATIENCE_MS);
  /** @type {RequestInit} */
  const request = {
    method, cache: "no-store", keepalive: method === "DELETE", signal: signal ? AbortSignal.any([signal, limit]) : limit };
  if (body !== undefined) {
    request.headers = { "content-type": "application/json" };
    request.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, { code: "unreachable", message: "The server does not answer." });
  }
  if (response.ok) return response;
  const told = await json(response);
  const wait = Number(response.headers.get("retry-after"));
  const error = new ApiError(response.status, told?.error ?? {}, wait > 0 ? wait : null);
  noteSessionEnd(error);
  throw error;
}

/** @param {Response} response */
async function json(response) {
  const text = await response.text();
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} path
 * @param {Record<string, string | number | boolean | undefined>} [query]
 */
function withQuery(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}` : path;
}
