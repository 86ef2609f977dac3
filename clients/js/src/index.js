/** Stream answers from a Parley server, unbroken over lost connections and restarts. */
export { Client } from "./client.js";
export {
  ClosedError,
  ConnectionLostError,
  DivergedError,
  NotAllowedError,
  NotFoundError,
  OverloadedError,
  ParleyError,
  RequestError,
  ResponseFailedError,
  ServerError,
} from "./errors.js";
export { Stream } from "./stream.js";
