"""uvicorn's WebSocket protocol, without what was said to open the socket: which is much and not asked for again."""
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class SocketProtocol(WebSocketsSansIOProtocol):
    """Holds no headers once they are answered."""

    def start_keepalive(self) -> None:
        """uvicorn calls this when it has answered the upgrade, and then reads neither side's headers any more.

        They are emptied, not let go: the parser, too, holds the request as long as the socket lives.
        """
        super().start_keepalive()
        self.request.headers.clear()
        self.response.headers.clear()
