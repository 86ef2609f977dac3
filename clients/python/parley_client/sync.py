"""The client for code without asyncio: the same one, on a loop in a thread of its own."""
import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar

from parley_client.client import AsyncClient
from parley_client.connection import Connection
from parley_client.errors import ClosedError, Event
from parley_client.stream import AsyncStream

T = TypeVar("T")


class Client:
    """As AsyncClient, whose arguments it takes. May be used from several threads, a stream by one at a time."""

    def __init__(self, url: str | list[str], **arguments: Any) -> None:
        self._client = AsyncClient(url, **arguments)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="parley-client", daemon=True)
        self._thread.start()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def stream(
        self, input: str | list[Event], *, lane: str | None = None, reread: bool = False, **fields: Any
    ) -> "Stream":
        """As AsyncClient.stream."""
        return Stream(self, self._call(lambda: self._client.stream(input, lane=lane, reread=reread, **fields)))

    def follow(self, response_id: str, *, starting_after: int = -1, reread: bool = False) -> "Stream":
        """As AsyncClient.follow."""
        return Stream(self, self._call(
            lambda: self._client.follow(response_id, starting_after=starting_after, reread=reread)))

    @property
    def connection(self) -> Connection:
        """As AsyncClient.connection."""
        return Connection("closed") if self._loop.is_closed() else self._call(lambda: self._client.connection)

    @property
    def state(self) -> str:
        return self._client.state

    def hurry(self) -> None:
        """As AsyncClient.hurry."""
        self._call(self._client.hurry)

    def close(self) -> None:
        """As AsyncClient.close. May be called more than once."""
        if self._loop.is_closed():
            return
        self.wait(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        await self._client.close()
        if waiting := asyncio.all_tasks() - {asyncio.current_task()}:  # threads that read: their streams have ended
            await asyncio.wait(waiting)

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """What a coroutine makes on the client's loop. Raises ClosedError."""
        if self._loop.is_closed():
            work.close()
            raise ClosedError("client_closed", "The client was closed.")
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def _call(self, function: Callable[[], T]) -> T:
        async def call() -> T:
            return function()

        return self.wait(call())

    def tell(self, function: Callable[[], None]) -> None:
        """Call it on the client's loop; a client that is closed has nothing to stop or to leave."""
        with suppress(ClosedError):
            self._call(function)


class Stream:
    """As AsyncStream."""

    def __init__(self, client: Client, stream: AsyncStream) -> None:
        self._client, self._stream = client, stream

    @property
    def id(self) -> str | None:
        return self._stream.id

    @property
    def text(self) -> str:
        return self._stream.text

    @property
    def response(self) -> Event | None:
        return self._stream.response

    @property
    def usage(self) -> Event | None:
        return self._stream.usage

    def __iter__(self) -> "Stream":
        return self

    def __next__(self) -> str:
        text = self._client.wait(_next_text(self._stream))
        if text is None:
            raise StopIteration
        return text

    def events(self) -> Iterator[Event]:
        events = self._stream.events()
        while (event := self._client.wait(_next_event(events))) is not None:
            yield event

    def final(self) -> Event:
        return self._client.wait(self._stream.final())

    def stop(self) -> None:
        self._client.tell(self._stream.stop)

    def close(self) -> None:
        self._client.tell(self._stream.close)


async def _next_text(stream: AsyncStream) -> str | None:
    return await anext(stream, None)


async def _next_event(events: Any) -> Event | None:
    event: Event | None = await anext(events, None)
    return event
