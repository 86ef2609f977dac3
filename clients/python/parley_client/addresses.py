"""From what a user calls the server to the address of its socket."""
from urllib.parse import urlsplit, urlunsplit

_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_PATH = "/v1/responses"


def socket_address(url: str) -> str:
    """`http://host:8000`, with or without `/v1`, or the socket's whole address. Raises ValueError."""
    parts = urlsplit(url)
    scheme = _SCHEMES.get(parts.scheme)
    if scheme is None or not parts.netloc:
        raise ValueError(f"The address should begin with http://, https://, ws:// or wss://; it is {url!r}.")
    path = parts.path.rstrip("/")
    if not path.endswith(_PATH):
        path = path.removesuffix("/v1") + _PATH
    return urlunsplit((scheme, parts.netloc, path, parts.query, ""))


def with_signals(address: str) -> str:
    """The same, asking to be told where responses stand, too: `parley:queue` and `parley:interrupted`."""
    return f"{address}{'&' if '?' in address else '?'}signals=true"
