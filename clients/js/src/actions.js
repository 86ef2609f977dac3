/**
 * What a session hands to the shell that does its I/O.
 *
 * @import {Event, ParleyError} from "./errors.js"
 * @import {Turn} from "./turn.js"
 *
 * Open a socket to this address; there is none now.
 * @typedef {{do: "connect", url: string}} Connect
 *
 * Send this frame on the socket that is open.
 * @typedef {{do: "send", text: string}} Send
 *
 * Give up the socket there is, open or not; nothing that it still brings may reach the session.
 * @typedef {{do: "drop"}} Drop
 *
 * An event for who follows this turn.
 * @typedef {{do: "tell", turn: Turn, event: Event}} Tell
 *
 * Nothing more will come for this turn; `error` says why, where it did not end well.
 * @typedef {{do: "finish", turn: Turn, error: ParleyError | null}} Finish
 *
 * @typedef {Connect | Send | Drop | Tell | Finish} Action
 */

/** @type {(url: string) => Action} */
export const connect = (url) => ({ do: "connect", url });

/** @type {(text: string) => Action} */
export const send = (text) => ({ do: "send", text });

/** @type {() => Action} */
export const drop = () => ({ do: "drop" });

/** @type {(turn: Turn, event: Event) => Action} */
export const tell = (turn, event) => ({ do: "tell", turn, event });

/** @type {(turn: Turn, error?: ParleyError | null) => Action} */
export const finish = (turn, error = null) => ({ do: "finish", turn, error });
