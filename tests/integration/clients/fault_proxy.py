"""A TCP proxy before a gateway that breaks connections when it is told to."""
import asyncio
from collections.abc import Callable, Iterable
from types import TracebackType

from tests.chaos.proxy import Link, Pipe, Proxy

HEAD_END = b"\r\n\r\n"  # of the gateway's answer to the upgrade


class FaultProxy(Proxy):
    """`cuts`: how many bytes behind the handshake each connection in turn lets through to the client before it breaks;
    later connections do not break.
    """

    def __init__(self, port: int, cuts: Iterable[int] = ()) -> None:
        super().__init__(self._dial_gateway)
        self.port = port
        self.connections = 0
        self._cuts = iter(cuts)

    async def __aenter__(self) -> "FaultProxy":
        self.url = f"http://127.0.0.1:{await self.listen_tcp()}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _dial_gateway(self, pipe: Callable[[], Pipe]) -> None:
        await asyncio.get_running_loop().create_connection(pipe, "127.0.0.1", self.port)

    def _accept(self) -> Pipe:
        self.connections += 1
        link = Link(self)
        if (bytes_left := next(self._cuts, None)) is not None:
            link.server = ShortAnswer(link, bytes_left)
        return link.client


class ShortAnswer(Pipe):
    """What the gateway says, until so much has gone through."""

    def __init__(self, link: Link, bytes_left: int) -> None:
        super().__init__(link)
        self.bytes_left = bytes_left
        self._head: bytes | None = b""  # of the handshake, while it is not complete

    def data_received(self, data: bytes) -> None:
        head, body = self._split(data)
        kept, self.bytes_left = body[:self.bytes_left], max(0, self.bytes_left - len(body))
        if head or kept:
            super().data_received(head + kept)
        if body and not self.bytes_left:
            self.link.cut(gently=True)

    def _split(self, data: bytes) -> tuple[bytes, bytes]:
        """What of it belongs to the handshake, and what comes behind."""
        if self._head is None:
            return b"", data
        before, self._head = len(self._head), self._head + data
        end = self._head.find(HEAD_END)
        if end < 0:
            return data, b""
        cut, self._head = end + len(HEAD_END) - before, None
        return data[:cut], data[cut:]
