"""uvicorn's WebSocket protocol, without what was said to open the socket, and with a shorter way out for text."""
from collections.abc import Callable, Coroutine
from typing import Any, cast

from starlette.types import Scope
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

SEND_NOW = "parley.send_now"

SendNow = Callable[[list[bytes]], int]

MOST_JOINED = 65_536  # bytes of text in one write, about: so much does a transport hold before it says that it is full


def text_head(size: int) -> bytes:
    """What comes before a text frame of so many bytes: whole, neither masked nor compressed (RFC 6455, 5.2).

    websockets makes the same, for frames of any kind, at the price of all else that a token costs here.
    """
    if size < 126:
        return bytes((0x81, size))
    return b"\x81\x7e" + size.to_bytes(2) if size < 65_536 else b"\x81\x7f" + size.to_bytes(8)


_HEADS = [text_head(size) for size in range(1024)]  # of nearly all frames: to look one up costs less than to make it


class SocketProtocol(WebSocketsSansIOProtocol):
    """Holds no headers once they are answered. Applications find `send_now` among the scope's extensions."""

    def run_asgi(self) -> Coroutine[Any, Any, None]:
        cast(dict[str, Any], self.scope["extensions"])[SEND_NOW] = self.send_now
        return super().run_asgi()

    def send_now(self, texts: list[bytes]) -> int:
        """Send text frames, if that needs no waiting: what ASGI's `send` does then, without a coroutine for each.

        Returns how many were sent, in one write. None: the socket is full, or is no more; `send` knows which.
        """
        if not self.writable.is_set() or self.conn.state is not OPEN or self.close_sent or self.disconnected:
            return 0
        if len(texts) == 1:  # nearly always: a token
            (text,) = texts
            size = len(text)
            self.transport.write((_HEADS[size] if size < len(_HEADS) else text_head(size)) + text)
            return 1
        parts, joined = list[bytes](), 0
        for text in texts:
            parts += text_head(len(text)), text
            joined += len(text)
            if joined >= MOST_JOINED:
                break
        self.transport.write(b"".join(parts))
        return len(parts) // 2

    def start_keepalive(self) -> None:
        """uvicorn calls this when it has answered the upgrade, and then reads neither side's headers any more.

        They are emptied, not let go: the parser, too, holds the request as long as the socket lives.
        """
        super().start_keepalive()
        self.request.headers.clear()
        self.response.headers.clear()


def send_now_of(scope: Scope) -> SendNow | None:
    """The way of the socket that a scope is of; None under another server."""
    found: SendNow | None = scope.get("extensions", {}).get(SEND_NOW)
    return found
