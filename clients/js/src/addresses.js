const SCHEMES = new Map([["http:", "ws:"], ["https:", "wss:"], ["ws:", "ws:"], ["wss:", "wss:"]]);
const PATH = "/v1/responses";

/**
 * From what a user calls the server to the address of its socket: `http://host:8000`, with or without `/v1`, or the
 * socket's whole address. Throws TypeError.
 * @param {string | URL} url
 */
export function socketAddress(url) {
  const parts = URL.canParse(String(url)) ? new URL(url) : null;
  const scheme = parts && SCHEMES.get(parts.protocol);
  if (!parts || !scheme) {
    throw new TypeError(`The address should begin with http://, https://, ws:// or wss://; it is '${url}'.`);
  }
  let path = parts.pathname.replace(/\/+$/, "");
  if (!path.endsWith(PATH)) path = path.replace(/\/v1$/, "") + PATH;
  return `${scheme}//${parts.host}${path}${parts.search}`;
}

/**
 * The same, asking to be told where responses stand, too: `parley:queue` and `parley:interrupted`.
 * @param {string} address
 */
export function withSignals(address) {
  return `${address}${address.includes("?") ? "&" : "?"}signals=true`;
}

/**
 * Where the server of a socket says over HTTP whether it lets this client in.
 * @param {string} address
 */
export function doorAddress(address) {
  const { origin, pathname } = new URL(address.replace(/^ws/, "http"));
  return origin + pathname.replace(/responses$/, "models");
}
