"""One response as its reader sees it: an unbroken iterator of text, or of events."""
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from parley_client.errors import DivergedError, Event, ParleyError
from parley_client.pending import Pending
from parley_client.text import Text
from parley_client.turn import Turn


class AsyncStream:
    """Iterate over it for the text; or over `events()`; or wait for `final()`. All of them read on from one place, so
    have one reader at a time. Leaving the loop changes nothing: call `stop` to end generation, `close` to leave.
    """

    def __init__(self, turn: Turn, stop: Callable[[Turn], None], leave: Callable[[Turn], None]) -> None:
        self._turn, self._stop, self._leave = turn, stop, leave
        self._pending = Pending()
        self._text = Text()
        self._news = asyncio.Event()
        self._ended = False
        self._error: ParleyError | None = None
        self.response: Event | None = None

    @property
    def id(self) -> str | None:
        """The response's id, once the server has told it."""
        return self._turn.response_id

    @property
    def text(self) -> str:
        """What has been read so far."""
        return self._text.text

    @property
    def usage(self) -> Event | None:
        """How many tokens there were, once it has ended."""
        usage: Event | None = (self.response or {}).get("usage")
        return usage

    def __aiter__(self) -> "AsyncStream":
        return self

    async def __anext__(self) -> str:
        while (event := await self._next()) is not None:
            try:
                text = self._text.take(event)
            except DivergedError as error:
                raise error.about(self.id) from None
            if text:
                return text
        raise StopAsyncIteration

    async def events(self) -> AsyncIterator[Event]:
        """The protocol's events. `parley:restarted` says that the whole response follows anew (see `reread`)."""
        while (event := await self._next()) is not None:
            with suppress(DivergedError):  # who reads events sees the restart
                self._text.take(event)
            yield event

    async def final(self) -> Event:
        """Read to the end: the response resource, with `output` and `usage`; an empty one if it was never begun."""
        async for _ in self.events():
            pass
        return self.response or {}

    def stop(self) -> None:
        """Ask the server to stop. The stream ends by itself, with what was made until then."""
        self._stop(self._turn)

    def close(self) -> None:
        """Leave it. The response goes on, and can be followed by its id."""
        self._leave(self._turn)

    def add(self, event: Event) -> None:
        """For the client: an event has come."""
        self._pending.add(event)
        self._news.set()

    def end(self, error: ParleyError | None) -> None:
        """For the client: nothing more will come."""
        self._ended, self._error = True, error
        self._news.set()

    async def _next(self) -> Event | None:
        """The next event; None at the end. Raises what ended it."""
        while not self._pending:
            if self._error is not None:
                raise self._error
            if self._ended:
                return None
            self._news.clear()
            await self._news.wait()
        event = self._pending.take()
        if isinstance(event.get("response"), dict):
            self.response = event["response"]
        return event
