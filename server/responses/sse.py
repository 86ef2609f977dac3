"""A response's events as a stream of server-sent events (WHATWG HTML, 9.2)."""
import asyncio
import re
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import orjson
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server.admission.sockets import Sockets
from server.auth.guards import granted
from server.auth.schemas import Grant
from server.common.errors import ApiError, Code, Unavailable
from server.common.filters import TABLE, api_error, stream_event
from server.responses.feed import Feed
from server.responses.signals import INTERRUPTED, QUEUE
from server.responses.viewer import Viewer

T = TypeVar("T")

KEEP_ALIVE_S = 15.0  # proxies end a stream that is silent for long, as one in the queue may be
LAST_WORDS_S = 5.0  # how long a client that does not read is waited for when the gateway stops
KEEP_ALIVE = b": waiting\n\n"
DONE = b"data: [DONE]\n\n"
HEADERS = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
FRAME_HEAD = re.compile(rb'\{"type":"([^"]+)".*?"sequence_number":(\d+)', re.DOTALL)
SIGNAL_HEAD = re.compile(rb'\{"type":"(%b)"' % b"|".join([QUEUE.encode(), INTERRUPTED.encode()]))


def sse_event(frame: bytes) -> bytes:
    """A rendered event with its name and number. Such JSON has no line breaks in it, and both stand at its head.

    A signal has no number, so a reader goes on behind the event before it.
    """
    head = FRAME_HEAD.match(frame)
    if head is not None:
        return b"event: %b\nid: %b\ndata: %b\n\n" % (*head.groups(), frame)
    signal = SIGNAL_HEAD.match(frame)
    if signal is None:
        raise ValueError("a frame without type and number")
    return b"event: %b\ndata: %b\n\n" % (*signal.groups(), frame)


class EventStream(Response):
    """Sends what comes behind number `after`. A client that leaves ends it, but not the generation.

    Where the gateway stops the client is told to go on at another. It ends with the grant that let it in. `signals`:
    the client wants to be told where the response stands, too.
    """

    def __init__(self, feed: Feed, sockets: Sockets, after: int = -1, *, signals: bool = False) -> None:
        """Raises ResponseDiverged, and what the feed has failed of."""
        super().__init__(headers=HEADERS)
        self._signals = signals
        del self.headers["content-length"]
        self._stuck = asyncio.Event()
        self._sockets = sockets
        self._grant: Grant | None = None
        self._viewer = self.follow(feed, after)

    def follow(self, feed: Feed, after: int) -> Viewer:
        """The viewer whose frames are sent."""
        return feed.follow(after, self.viewer_failed, signals=self._signals)

    def events(self, frames: list[bytes]) -> bytes:
        """A viewer's frames as they are sent."""
        return b"".join([sse_event(frame) for frame in frames])

    def error_event(self, error: ApiError, number: int) -> bytes:
        """The last event of a stream whose status has long been sent. `number` is the last that was told."""
        return b"event: error\ndata: %b\n\n" % orjson.dumps(stream_event(error, number))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until the terminal event or the client's leaving, whichever is first."""
        self._grant = granted(scope)
        try:
            if self._grant is not None:
                self._grant.call(self._revoke)
            with self._sockets.presence.streaming("" if self._grant is None else self._grant.user.id):
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                left = unless(disconnected(receive), self._stuck.wait())
                await unless(self._send_all(send), unless(left, self._drained()))
        finally:
            if self._grant is not None:
                self._grant.forget(self._revoke)
            self._viewer.close()

    def _revoke(self) -> None:
        assert self._grant is not None  # noqa: S101 - it is what calls this
        try:
            self._grant.check()
        except ApiError as error:
            self._viewer.fail(error)

    async def _send_all(self, send: Send) -> None:
        with suppress(OSError):  # the client has left
            async for chunk in self._chunks():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    async def _chunks(self) -> AsyncIterator[bytes]:
        while True:
            try:
                async with asyncio.timeout(KEEP_ALIVE_S):
                    frames = await self._viewer.next()
            except TimeoutError:
                yield KEEP_ALIVE
                continue
            except Exception as error:  # the stream's end
                yield self.error_event(api_error(error), self._viewer.number)
                return
            if not frames:
                yield DONE
                return
            yield self.events(frames)

    def viewer_failed(self, error: ApiError) -> None:
        """A viewer was ended while its frames may be stuck in the socket: then nothing can be said any more."""
        if self._grant is not None and error.code is self._grant.ended:
            asyncio.get_running_loop().call_later(LAST_WORDS_S, self._stuck.set)
        elif TABLE[error.code].close is not None and error.code is not Code.SERVICE_RESTART:
            self._stuck.set()

    async def _drained(self) -> None:
        """Until the gateway stops, and the client was told so, or does not read.

        Sending has begun before this, so what was there is told first: without it nobody would know what to go on with.
        """
        await self._sockets.draining.wait()
        self._viewer.fail(Unavailable(
            Code.SERVICE_RESTART, "This gateway stops. Read on at another with GET, `stream` and `starting_after`."))
        await asyncio.sleep(LAST_WORDS_S)


async def disconnected(receive: Receive) -> None:
    """Until the client has left; what is left of its body is passed over."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def unless(work: Coroutine[Any, Any, T], ended: Coroutine[Any, Any, Any]) -> T | None:
    """What the work makes; None if something else ended first, and then the work is cancelled."""
    working = asyncio.create_task(work)
    tasks = working, asyncio.create_task(ended)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
