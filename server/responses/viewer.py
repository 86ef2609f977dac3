"""One socket or SSE stream that follows a response: a position in its feed, a wake, and what ends it."""
import asyncio
from collections.abc import Callable
from typing import Protocol

from server.common.errors import ApiError, Code, LimitReached
from server.responses.position import Position
from server.responses.transcript import Transcript

OnFail = Callable[[ApiError], None]


class ViewerBehind(LimitReached):
    """The viewer takes less than is made. Its socket is closed, and may come back and resume."""

    def __init__(self) -> None:
        super().__init__(Code.VIEWER_BEHIND, "The connection took too long to read. Connect again and resume.")


class Source(Protocol):
    """The feed that a viewer follows."""

    @property
    def transcript(self) -> Transcript: ...
    def take(self, viewer: "Viewer") -> list[bytes]: ...
    def finished(self, viewer: "Viewer") -> bool: ...
    def leave(self, viewer: "Viewer") -> None: ...


class Viewer:
    """Iterate over it: each turn gives all frames there are now, and the last turn ends with the terminal event.

    Or set `on_wake`, which is called whenever there is something to `take`. Frames are JSON bytes; the lists are shared
    and must not be changed. One consumer only. Both raise ApiError: ViewerBehind, ResponseDiverged, ResponseGone. It
    owns no frames: however slow its socket, it costs the same.
    """

    __slots__ = (
        "_feed", "_missed", "_on_fail", "_ready", "_size", "_waiter", "ahead", "error", "on_wake", "position",
        "signals", "wants_signals")

    def __init__(self, feed: Source, position: Position, *, ahead: int | None, on_fail: OnFail | None) -> None:
        self._feed = feed
        self._on_fail = on_fail
        self._waiter: asyncio.Future[None] | None = None
        self.on_wake: Callable[[], None] | None = None
        self.error: ApiError | None = None  # what has ended it
        self._ready = True
        self._missed = -1  # sweeps that found it away with something to take; below 0: it has not begun
        self._size = 0
        self.wants_signals = False  # it is told where the response stands, beside what the response tells
        self.signals: list[bytes] | None = None  # … and has not taken this yet
        self.position = position
        self.ahead = ahead  # its client has seen this number, which the feed has not reached: nothing up to it is told

    @property
    def number(self) -> int:
        """The last sequence number that it has given out, or began behind."""
        return self.position.number if self.ahead is None else self.ahead

    @property
    def finished(self) -> bool:
        """Whether all has been taken of what has ended."""
        feed = self._feed
        return feed.transcript.ended is not None and not self._ready and feed.finished(self)

    def take(self) -> list[bytes]:
        """All frames there are now. Raises what has ended it."""
        self._missed = 0
        if self.error is not None:
            raise self.error
        if not self._ready:
            return []
        self._ready = False
        frames = self._feed.take(self)
        self._size = self._feed.transcript.size
        if self.signals is not None:  # of how it stands now: after all that it has told
            frames, self.signals = [*frames, *self.signals], None
        return frames

    async def next(self) -> list[bytes]:
        """The next turn; empty when there will be none any more."""
        try:
            return await self.__anext__()
        except StopAsyncIteration:
            return []

    def __aiter__(self) -> "Viewer":
        return self

    async def __anext__(self) -> list[bytes]:
        while True:
            if frames := self.take():
                return frames
            if self.error is not None or self._ready:
                continue
            if self._feed.finished(self):
                self.close()
                raise StopAsyncIteration
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None

    def wake(self) -> None:
        """There is something to take."""
        self._ready = True
        if self.on_wake is not None:
            self.on_wake()
        elif (waiter := self._waiter) is not None and not waiter.done():
            waiter.set_result(None)

    def signal(self, frames: list[bytes]) -> None:
        """It is told these, in the place of those that it has not taken."""
        self.signals = frames
        self.wake()

    def sweep(self, max_missed: int, max_behind: int) -> bool:
        """Called each second. True if it stays behind: it was away, with something to take, at so many calls, or is
        so many characters behind. Away means that its last frames are still being sent.
        """
        if self._missed < 0 or self._waiter is not None or not self._ready:
            return False
        self._missed += 1
        return self._missed > max_missed or self._feed.transcript.size - self._size > max_behind

    def fail(self, error: ApiError) -> None:
        """End it with an error: `next` raises it. `on_fail` is told too: a send that is stuck never gets to `next`."""
        if self.error is None:
            self.error = error
            self.close()
            if self._on_fail is not None:
                self._on_fail(error)

    def close(self) -> None:
        """It leaves. May be called more than once."""
        self._feed.leave(self)
        self.wake()
