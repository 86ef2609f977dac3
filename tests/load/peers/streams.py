"""A stream asks one question after another and hears the answers: over a WebSocket, as SSE, or straight from vLLM.

All read with compiled code: picows, httptools, msgspec.
"""
import asyncio
import itertools
import time
from collections.abc import Callable
from typing import Protocol, Self, cast
from urllib.parse import urlsplit

import httptools

from tests.load.asker import Asker
from tests.load.peers import asking
from tests.load.peers.link import Batches, Question, line
from tests.load.peers.order import Order
from tests.load.peers.turns import ChatTurn, ResponseTurn
from tests.load.tally import Tally

LOST = "connection_lost"
Body = Callable[[str, int, str], bytes]


class Stream(Protocol):
    async def ask(self, number: str, tokens: int) -> ResponseTurn:
        """Returns the answer once it has ended, however that was."""

    def drop(self) -> None: ...


async def open_streams(order: Order) -> list[Stream]:
    """As many as are ordered. Raises OSError or Unreachable."""
    if order.way == "pipe":
        return await _straight(order)
    if order.way == "websocket":
        return [await WebSocketStream.open(order) for _ in range(order.streams)]
    path, body, turn = _HTTP[order.way]
    return [await SseStream(order, path, body, turn).open() for _ in range(order.streams)]


class WebSocketStream:
    """Parley's first door."""

    def __init__(self, asker: Asker, model: str) -> None:
        self._asker, self._model = asker, model

    @classmethod
    async def open(cls, order: Order) -> "WebSocketStream":
        address = order.address.replace("http", "ws", 1) + "/v1/responses"
        return cls(await Asker.open(address, "", Tally()), order.model)

    async def ask(self, number: str, tokens: int) -> ResponseTurn:
        turn = ResponseTurn()
        await self._asker.ask(turn, asking.frame(number, tokens, self._model))
        return turn

    def drop(self) -> None:
        self._asker.drop()


class SseStream(asyncio.Protocol):
    """One kept connection, a POST for each question. A server may close it between two; then it is made anew."""

    def __init__(self, order: Order, path: str, body: Body, turn: type[ResponseTurn]) -> None:
        self._where, self._model = urlsplit(order.address), order.model
        self._head = (f"POST {path} HTTP/1.1\r\nHost: {self._where.netloc}\r\nContent-Type: application/json\r\n"
                      "Content-Length: ")
        self._body, self._make_turn = body, turn
        self._parser = httptools.HttpResponseParser(self)
        self._over = asyncio.Event()
        self._turn: ResponseTurn | None = None
        self._transport: asyncio.Transport | None = None
        self._silent = True  # since it was asked
        self._rest = b""
        self._now = 0.0

    async def open(self) -> Self:
        """Raises OSError."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, self._where.hostname or "", self._where.port or 80)
        return self

    async def ask(self, number: str, tokens: int) -> ResponseTurn:
        body, turn = self._body(number, tokens, self._model), self._make_turn()
        post = f"{self._head}{len(body)}\r\n\r\n".encode() + body
        kept = self._transport is not None
        await self._post(turn, post)
        if kept and self._silent and turn.error == LOST:  # it was closed while this was under way
            turn.ended, turn.error = None, ""
            await self._post(turn, post)
        return turn

    async def _post(self, turn: ResponseTurn, post: bytes) -> None:
        self._turn, self._silent = turn, True
        self._over.clear()
        if self._transport is None:
            await self.open()
        assert self._transport is not None
        self._transport.write(post)
        await self._over.wait()

    def drop(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is of another class
        self._parser, self._rest = httptools.HttpResponseParser(self), b""

    def data_received(self, data: bytes) -> None:
        self._now, self._silent = time.monotonic(), False
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._end(LOST)

    def on_body(self, body: bytes) -> None:
        *events, self._rest = (self._rest + body).split(b"\n\n")
        if self._turn is not None:
            for event in events:
                if data := event_data(event):
                    self._turn.hear(data, self._now)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        self._rest = b""
        self._end("unfinished" if status == 200 else f"http_{status}")

    def _end(self, why: str) -> None:
        """The answer is over; `why` it is no good one if its last event has not come."""
        turn, self._turn = self._turn, None
        if turn is not None:
            if turn.ended is None:
                turn.fail(why, time.monotonic())
            self._over.set()


def event_data(event: bytes) -> bytes:
    """The data of a server-sent event that has one line of it, as both servers write them; empty if it has none."""
    if event.startswith(b"data: "):
        return event[6:]
    _, found, data = event.partition(b"\ndata: ")
    return data if found else b""


class StraightStream:
    """vLLM in process: a number on the one connection that all streams share."""

    def __init__(self, straight: "Straight", number: int) -> None:
        self._straight, self._number = straight, number
        self.turn: ResponseTurn | None = None
        self.over = asyncio.Event()

    async def ask(self, number: str, tokens: int) -> ResponseTurn:
        turn = self.turn = ResponseTurn()
        self.over.clear()
        self._straight.send(line(Question(self._number, asking.prompt(number, tokens), tokens)))
        await self.over.wait()
        return turn

    def hear(self, frame: bytes, now: float) -> None:
        if self.turn is not None and self.turn.hear(frame, now):
            self.turn = None
            self.over.set()

    def fail(self) -> None:
        if self.turn is not None:
            self.turn.fail(LOST, time.monotonic())
            self.turn = None
            self.over.set()

    def drop(self) -> None:
        self._straight.drop()


class Straight(asyncio.Protocol):
    """The connection. With each frame it burns what the other ways' clients use more, for sockets of their own."""

    def __init__(self, streams: int, burn_us: float) -> None:
        self.streams = [StraightStream(self, number) for number in range(streams)]
        self._burn_s = burn_us / 1e6
        self._batches = Batches()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is of another class

    def send(self, data: bytes) -> None:
        if self._transport is None:
            self.connection_lost(None)
        else:
            self._transport.write(data)

    def drop(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        for piece in itertools.chain.from_iterable(self._batches.feed(data)):
            self.streams[piece.stream].hear(piece.frame, now)
            if self._burn_s:
                burn(self._burn_s)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        for stream in self.streams:
            stream.fail()


def burn(seconds: float) -> None:
    """Use so much of the processor, whatever the wall clock does."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def _straight(order: Order) -> list[Stream]:
    loop = asyncio.get_running_loop()
    _, straight = await loop.create_unix_connection(lambda: Straight(order.streams, order.burn_us), order.address)
    return list(straight.streams)


_HTTP: dict[str, tuple[str, Body, type[ResponseTurn]]] = {
    "sse": ("/v1/responses", asking.body, ResponseTurn),
    "chat": ("/v1/chat/completions", asking.chat, ChatTurn)}
