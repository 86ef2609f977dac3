"""The bytes of a link: commands out, answers in, with no task and no queue between; what they mean is the link's.

redis-py opens the connection (address, TLS, password), and then its socket is taken over: redis-py's own ways out and
in are a task each, and to switch to one costs a call more than all else.
"""
import asyncio
from collections.abc import Callable
from typing import Any

from hiredis import HiredisError, Reader, pack_command
from redis.exceptions import ResponseError

_MORE = object()  # an answer has not come whole


class Wire(asyncio.Protocol):
    """`on_answer` is called with each answer in turn (Redis's errors as ResponseError), `on_lost` with a reason."""

    def __init__(self, on_answer: Callable[[Any], None], on_lost: Callable[[str], None]) -> None:
        self._on_answer, self._on_lost = on_answer, on_lost
        self._answers = Reader(replyError=ResponseError, notEnoughData=_MORE)
        self._transport: asyncio.Transport | None = None

    def take_over(self, connection: Any) -> None:
        """A connection of redis-py's on which nothing is under way; it is still the one to be closed."""
        self._transport = connection._writer.transport
        self._transport.set_protocol(self)

    def write(self, args: tuple[str | bytes | int | float, ...]) -> None:
        """At once, or when the socket takes it."""
        if self._transport is not None:
            self._transport.write(pack_command(args))  # type: ignore[arg-type]  # its stub means a tuple of one

    def abort(self) -> None:
        """What was not sent yet never is."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._answers.feed(data)
        try:
            while (answer := self._answers.gets()) is not _MORE:
                self._on_answer(answer)
        except HiredisError as error:
            self._on_lost(f"The connection to Redis broke: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._on_lost(f"The connection to Redis broke: {exc or 'it was closed'}")
