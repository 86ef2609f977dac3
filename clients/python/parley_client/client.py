"""The asyncio client: performs what the session asks for. One socket, made when it is first needed."""
import asyncio
import random as randomness
import uuid
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any

from parley_client.actions import Action, Connect, Drop, Finish, Send, Tell
from parley_client.addresses import socket_address, with_signals
from parley_client.connection import Connection
from parley_client.errors import Event
from parley_client.frames import encode
from parley_client.options import Options
from parley_client.session import Session
from parley_client.socket import Socket
from parley_client.stream import AsyncStream
from parley_client.turn import Turn


def new_key() -> str:
    """An idempotency key that nobody has used."""
    return uuid.uuid4().hex


class AsyncClient:
    """A server, by one address or several that are tried in turn. Use it in one event loop; close it in the end.

    `random` (0 to 1) and `new_key` may be replaced to make what it does repeatable.
    """

    def __init__(
        self,
        url: str | Sequence[str],
        *,
        api_key: str | None = None,
        headers: Mapping[str, str] | None = None,
        options: Options | None = None,
        random: Callable[[], float] = randomness.random,
        new_key: Callable[[], str] = new_key,
    ) -> None:
        urls = [url] if isinstance(url, str) else list(url)
        if not urls:
            raise ValueError("A client needs an address at least.")
        self._session = Session([socket_address(url) for url in urls], options, random)
        self._headers = {**(headers or {}), **({"Authorization": f"Bearer {api_key}"} if api_key else {})}
        self._new_key = new_key
        self._streams: dict[Turn, AsyncStream] = {}
        self._socket: Socket | None = None
        self._leaving: set[Socket] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._told = ("idle", 0)
        self.on_state: Callable[[Connection], None] | None = None
        """Called with each state that the connection comes to, once what has changed it is over."""

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def stream(
        self, input: str | list[Event], *, lane: str | None = None, reread: bool = False, **fields: Any
    ) -> AsyncStream:
        """Ask for a response, and follow it. `fields` are those of `response.create`: model, instructions, …

        Streams run side by side; those of one `lane` one after another. `reread`: after a divergence read the whole
        response anew in place of raising DivergedError; its text must then begin as what was told. Raises TypeError
        and ValueError for what is not JSON.
        """
        create = {"input": input, "idempotency_key": self._new_key(), **fields}
        encode(create)
        return self._start(Turn(create, lane=lane, reread=reread))

    def follow(self, response_id: str, *, starting_after: int = -1, reread: bool = False) -> AsyncStream:
        """Follow a response that exists, from behind a sequence number on; -1: from its beginning."""
        return self._start(Turn(response_id=response_id, last=starting_after, reread=reread))

    async def close(self) -> None:
        """Leave everything. What is under way raises ClosedError here, and is generated on there."""
        self._do(self._session.shutdown())
        for socket in list(self._leaving):
            await socket.gone()

    @property
    def connection(self) -> Connection:
        """How it is now."""
        link = self._session.link
        if self._session.is_closed:
            return Connection("closed")
        return Connection(link.state, link.retry_in_s(self._now()), link.error)

    @property
    def state(self) -> str:
        return self._session.link.state if not self._session.is_closed else "closed"

    def hurry(self) -> None:
        """The network may have changed: connect now, or see now whether the connection is alive."""
        self._do(self._session.hurry(self._now()))

    def _start(self, turn: Turn) -> AsyncStream:
        now = asyncio.get_running_loop().time()
        stream = self._streams[turn] = AsyncStream(turn, self._stop, self._leave)
        self._do(self._session.start(turn, now))
        return stream

    def _stop(self, turn: Turn) -> None:
        self._do(self._session.stop(turn, self._now()))

    def _leave(self, turn: Turn) -> None:
        self._do(self._session.leave(turn, self._now()))

    def opened(self) -> None:
        self._do(self._session.opened(self._now()))

    def refused(self, status: int, error: Event) -> None:
        self._do(self._session.refused(status, error, self._now()))

    def received(self, text: str) -> None:
        self._do(self._session.received(text, self._now()))

    def closed(self, code: int, reason: str) -> None:
        self._do(self._session.closed(code, reason, self._now()))

    def _woke(self) -> None:
        self._timer = None
        self._do(self._session.woke(self._now()))

    def _do(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Tell(turn, event):
                    self._streams[turn].add(event)
                case Finish(turn, error):
                    self._streams.pop(turn).end(error)
                case Send(text) if self._socket is not None:
                    self._socket.send(text)
                case Connect(url):
                    self._connect(url)
                case Drop() if self._socket is not None:
                    self._socket.drop()
        self._set_timer()
        self._tell_state()

    def _tell_state(self) -> None:
        """Not at once: who hears it may use the client, and may raise."""
        told = self.state, self._session.link.tried  # it may wait again, for longer
        if told != self._told:
            self._told = told
            asyncio.get_running_loop().call_soon(self._hear_state, self.connection)

    def _hear_state(self, connection: Connection) -> None:
        if self.on_state is not None:
            self.on_state(connection)

    def _connect(self, url: str) -> None:
        self._socket = socket = Socket(with_signals(url), self._headers, self)
        self._leaving.add(socket)
        socket.task.add_done_callback(lambda _: self._leaving.discard(socket))

    def _set_timer(self) -> None:
        """One that is too early does no harm, so that it is not set anew at every frame."""
        wake_at = self._session.wake_at
        if self._timer is not None and (wake_at is None or wake_at < self._timer.when()):
            self._timer.cancel()
            self._timer = None
        if wake_at is not None and self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(wake_at, self._woke)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()
