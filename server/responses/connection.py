"""The I/O around a session: one reader, a task for each turn that runs, one writer.

Memory is bounded without queues: a turn's viewer holds no frames, what comes while the writer is busy is merged in it,
and the reader reads on once its event has been dealt with.
"""
import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from server.auth.schemas import Grant
from server.common.errors import ApiError
from server.common.filters import INTERNAL, TABLE, api_error
from server.common.notice import Notice
from server.common.over import Over
from server.responses.feed import Feed
from server.responses.service import ResponseService
from server.responses.session import Session
from server.responses.turns import Action, Cancel, Close, Send, Start, Turn
from server.responses.writer import Writer
from server.socket_protocol import send_now_of

LAST_WORDS_S = 5.0  # how long a client that does not read is waited for at the end


class Connection:
    """One accepted WebSocket of one user. `run` returns when it has ended; what it followed is generated on.

    It ends with the grant that opened it. `signals`: its client wants to be told where its responses stand.
    """

    def __init__(
            self, websocket: WebSocket, session: Session, service: ResponseService, grant: Grant, *,
            signals: bool = False) -> None:
        self.signals = signals
        self.websocket, self.session, self.service, self.grant = websocket, session, service, grant
        self._tasks = asyncio.TaskGroup()
        self._loose: set[asyncio.Task[None]] = set()  # can be cancelled: they own nothing, or nothing but a viewer
        self._over = Over()
        self._writer = Writer(websocket.send, self._over, service.soon, send_now_of(websocket.scope))
        self._close: Close | None = None

    async def run(self, first: list[Action], draining: Notice) -> None:
        """Until the client leaves, the connection's age is reached, or the gateway drains. `first` is done first.

        While the socket is idle this coroutine is all that there is of it: nothing has a task that only waits.
        """
        async with self._tasks:
            age = self.service.clock.later(self.session.limits.max_age_s, self._expire)
            draining.call(self._restart)
            self.grant.call(self._revoke)
            try:
                async with self._over:
                    await self._read(first)
            finally:
                age.cancel()
                draining.forget(self._restart)
                self.grant.forget(self._revoke)
                for task in self._loose:
                    task.cancel()
                self._writer.close()
                await self._say_goodbye()

    async def _say_goodbye(self) -> None:
        if self._close is not None:
            with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):  # the last two: it is closed already
                async with asyncio.timeout(LAST_WORDS_S):
                    await self.websocket.close(self._close.code, self._close.reason)

    async def _read(self, first: list[Action]) -> None:
        try:
            await self._perform(first)
            while not self._over.is_set():
                message = await self.websocket.receive()
                if message["type"] == "websocket.disconnect":
                    break
                if self.grant.ended is not None:  # it has been told, and is being closed
                    continue
                text = message.get("text")
                await self._perform(
                    self.session.receive_bytes(message["bytes"]) if text is None else self.session.receive_text(text)
                )
        except WebSocketDisconnect:
            pass
        except Exception as error:  # the reader's end, and so the socket's
            self._finish(Close(INTERNAL, api_error(error).code.value))

    def _expire(self) -> None:
        self._begin_loose(self._end(self.session.expired()))

    def _revoke(self) -> None:
        try:
            self.grant.check()
        except ApiError as error:
            self._begin_loose(self._end(self.session.refused(error, None)))

    def _restart(self) -> None:
        self._begin_loose(self._drain())

    async def _drain(self) -> None:
        with suppress(TimeoutError, WebSocketDisconnect):  # a client that does not read cannot hold that up
            async with asyncio.timeout(LAST_WORDS_S):
                await self._perform(self.session.restarted())
                await asyncio.sleep(LAST_WORDS_S)
        await self._perform(self.session.abandoned())

    async def _end(self, actions: list[Action]) -> None:
        """Actions of which the last one closes; a client that does not read cannot hold that up."""
        with suppress(TimeoutError, WebSocketDisconnect):
            async with asyncio.timeout(LAST_WORDS_S):
                await self._perform(actions[:-1])
        await self._perform(actions[-1:])

    def _begin_loose(self, work: Coroutine[Any, Any, None]) -> None:
        self._loosen(self._tasks.create_task(work))

    def _loosen(self, task: asyncio.Task[None]) -> None:
        self._loose.add(task)
        task.add_done_callback(self._loose.discard)

    def _finish(self, close: Close) -> None:
        """The first reason to close counts."""
        self._close = self._close or close
        self._over.set()

    async def _perform(self, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Send(frame):
                    await self._writer.say([orjson.dumps(frame)])
                case Start(turn) if not self._over.is_set():
                    self._tasks.create_task(self._run(turn))
                case Cancel():  # a task, for the reader may be cancelled and a call to the relay should not be
                    await asyncio.shield(self._tasks.create_task(self._cancel(action)))
                case Close():
                    self._finish(action)

    async def _cancel(self, action: Cancel) -> None:
        try:
            await self.service.cancel(self.grant.user.id, action.response_id)
        except Exception as error:  # the task's end: the client is told, and the socket lives
            with suppress(WebSocketDisconnect):  # or cannot be told any more: the reader ends the socket
                await self._perform(self.session.refused(api_error(error), action.lane))

    async def _run(self, turn: Turn) -> None:
        """A turn from its start to its terminal event."""
        try:
            await self._perform(await self._follow(turn))
        except WebSocketDisconnect:
            self._over.set()

    async def _follow(self, turn: Turn) -> list[Action]:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine runs in a task
        try:
            try:
                feed = await self._start(turn)
            finally:  # from here on the task owns nothing but a viewer; what is being submitted is not cancelled
                self._loosen(task)
            if self._over.is_set():
                feed.followed = True  # it was, as it were, and its viewer has left
                return []
            await self._pump(feed, turn)
            return self.session.ended(turn, self.service.past_of(feed))
        except WebSocketDisconnect:
            raise
        except Exception as error:  # the turn's end: the client is told, and the socket's other turns go on
            return self.session.failed(turn, api_error(error))

    async def _start(self, turn: Turn) -> Feed:
        if turn.create is None:
            return await self.service.follow(self.grant.user.id, turn.response_id)
        return await self.service.start(self.grant.user.id, turn.create, key_hash=turn.hash, past=turn.past)

    async def _pump(self, feed: Feed, turn: Turn) -> None:
        outlet = self._writer.open(feed.follow(turn.after, self._viewer_failed, signals=self.signals), turn.lane)
        try:
            await outlet.begun.wait()
            await self._perform(self.session.announced(turn))
            await outlet.ended
        finally:
            outlet.close()

    def _viewer_failed(self, error: ApiError) -> None:
        """A viewer was ended while its frames may be stuck in the socket: then nothing can be said any more."""
        code = TABLE[error.code].close
        if code is not None:
            self._finish(Close(code, error.code.value))
