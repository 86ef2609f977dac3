"""What goes out over a socket, frame after frame: words of the session, and what its turns' viewers have to take.

One sends at a time. A viewer that has something to take while another is being sent waits, and what comes for it
meanwhile is merged into what it has. A token costs no task, no future and no lock.
"""
import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from server.common.eager import begin
from server.common.over import Over
from server.responses.session import in_lane
from server.responses.viewer import Viewer
from server.socket_protocol import SendNow

SendMessage = Callable[[dict[str, Any]], Awaitable[None]]
Soon = Callable[[Callable[[], None]], Any]


class Outlet:
    """One viewer's way out. `begun` is set when its first frames are sent, or nothing will be.

    `ended` is done when nothing will come any more; it raises what has ended the viewer, or the sending.
    """

    __slots__ = ("_left", "begun", "ended", "has_begun", "lane", "viewer")

    def __init__(self, viewer: Viewer, lane: str | None) -> None:
        self.viewer, self.lane = viewer, lane
        self._left: list[bytes] = []
        self.begun, self.has_begun = asyncio.Event(), False
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take(self) -> list[bytes]:
        """What there is to send now. Raises what has ended the viewer."""
        if self._left:
            frames, self._left = self._left, []
            return frames
        frames = self.viewer.take()
        return frames if self.lane is None else [in_lane(frame, self.lane) for frame in frames]

    def give_back(self, frames: list[bytes]) -> None:
        """These were taken and not sent: they come first, the next time."""
        self._left = frames

    def sent(self, frames: list[bytes]) -> None:
        """These are all that were taken."""
        if not self.has_begun and frames:
            self.has_begun = True
            self.begun.set()
        if self.viewer.finished:
            self.end()

    def end(self, error: Exception | None = None) -> None:
        """Nothing more is sent."""
        self.begun.set()
        if self.ended.done():
            return
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(error)

    def close(self) -> None:
        """Who waited for it has left."""
        self.viewer.close()
        if not self.ended.cancel() and not self.ended.cancelled():
            self.ended.exception()  # told to nobody, and that is all right


class Writer:
    """`send` takes ASGI's messages, and waits as long as the socket is full. After `over` nothing is sent.

    `soon` calls at the loop's next turn. `send_now` sends the first few of some frames, or none if that needs waiting:
    the short way, where the server has one.
    """

    def __init__(
            self, send: SendMessage, over: Over, soon: Soon | None = None, send_now: SendNow | None = None) -> None:
        self._send, self._over, self._send_now = send, over, send_now
        self._soon = soon or asyncio.get_running_loop().call_soon
        self._ready: dict[Outlet, None] = {}  # a set that keeps its order: who waits longest is next
        self._words: deque[asyncio.Future[None]] = deque()  # who waits to say something
        self._busy = False  # somebody sends, or is about to
        self._task: asyncio.Task[None] | None = None  # of what did not go out at once

    async def say(self, frames: Iterable[bytes]) -> None:
        """Send these, and nothing of others between them. Raises what `send` raises."""
        if self._busy:
            turn = asyncio.get_running_loop().create_future()
            self._words.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():  # it was this one's turn already
                    self._next()
                raise
        self._busy = True
        try:
            for frame in frames:
                if self._over.is_set():
                    return
                await self._send({"type": "websocket.send", "text": frame.decode()})
        finally:
            self._next()

    def open(self, viewer: Viewer, lane: str | None) -> Outlet:
        """Send what the viewer has to take, now and whenever something comes, until its outlet is closed."""
        outlet = Outlet(viewer, lane)
        ready, soon, begin_now = self._ready, self._soon, self._begin

        def wake() -> None:
            ready[outlet] = None
            if not self._busy:
                self._busy = True
                soon(begin_now)

        viewer.on_wake = wake
        wake()
        return outlet

    def close(self) -> None:
        """What is stuck in the socket stays there."""
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        if self._send_now is None or not self._send_ready_now(self._send_now):
            self._task = begin(self._send_ready())
        elif self._words or self._ready:
            self._next()
        else:
            self._busy = False

    def _send_ready_now(self, send_now: SendNow) -> bool:
        """False if the socket is full, with something left."""
        ready = self._ready
        while ready and not self._words and not self._over.is_set():
            outlet = self._pick()
            try:
                frames = left = outlet.take()
                while left and (sent := send_now(left)) != len(left):
                    if not sent:
                        outlet.give_back(left)
                        self._ready[outlet] = None
                        return False
                    left = left[sent:]
                outlet.sent(frames)
            except Exception as error:  # the outlet's end, and told to who waits for that
                outlet.end(error)
        return True

    async def _send_ready(self) -> None:
        try:
            while self._ready and not self._words and not self._over.is_set():
                outlet = self._pick()
                try:
                    frames = outlet.take()
                    for frame in frames:
                        await self._send({"type": "websocket.send", "text": frame.decode()})
                    outlet.sent(frames)
                except Exception as error:  # the outlet's end, and told to who waits for that
                    outlet.end(error)
        finally:
            self._next()

    def _pick(self) -> Outlet:
        if len(self._ready) == 1:
            return self._ready.popitem()[0]
        outlet = next(iter(self._ready))
        del self._ready[outlet]
        return outlet

    def _next(self) -> None:
        """Whose turn it is, now that nobody sends."""
        while self._words:
            turn = self._words.popleft()
            if not turn.done():  # cancelled: it has nothing to say any more
                turn.set_result(None)
                return
        self._busy = bool(self._ready) and not self._over.is_set()  # else it would be tried for ever
        if self._busy:
            self._soon(self._begin)
