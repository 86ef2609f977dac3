"""One WebSocket that speaks `graphql-transport-ws`: a reader, and a task for each operation.

Memory is bounded without queues: an operation takes what its viewer has once its last message is in the socket, what
comes meanwhile is merged in the viewer, and the reader reads on once its message has been dealt with.
"""
import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.types.execution import ExecutionResult, PreExecutionError

from server.auth.schemas import Grant
from server.common.clock import Clock
from server.common.errors import ApiError, Code, LimitReached, NotAllowed, Unavailable
from server.common.filters import INTERNAL, POLICY, TABLE, TRY_AGAIN, api_error
from server.common.notice import Notice
from server.common.over import Over
from server.graphql import messages
from server.graphql.context import Context
from server.graphql.errors import formatted, formatted_refusal, refusal
from server.graphql.messages import BadMessage, Complete, Init, Message, Ping, Pong, Subscribe
from server.graphql.ports import Ports, Viewer
from server.graphql.requests import Operation
from server.graphql.schema import Schema

MAX_REASON_BYTES = 123  # RFC 6455, 5.5


@dataclass(frozen=True, slots=True)
class SocketLimits:
    """Bounds of one socket. Times in seconds."""

    max_operations: int = 16
    init_s: float = 10  # until `connection_init` must have come
    max_age_s: float = 3600
    last_words_s: float = 5  # how long a client that does not read is waited for at the end


Identify = Callable[[dict[str, Any]], Awaitable[Grant]]


class GraphQLSocket:
    """An accepted WebSocket. `identify` says who it is, by the payload of `connection_init`; it raises ApiError.

    It ends with the grant that let it in.
    """

    def __init__(
            self, websocket: WebSocket, schema: Schema, ports: Ports, clock: Clock, limits: SocketLimits,
            *, identify: Identify) -> None:
        self.websocket, self.schema, self.ports, self.clock, self.limits = websocket, schema, ports, clock, limits
        self.identify = identify
        self.viewers: set[Viewer] = set()
        self._grant: Grant | None = None
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks = asyncio.TaskGroup()
        self._over = Over()
        self._close: tuple[int, str] | None = None
        self._draining = False

    async def run(self, draining: Notice) -> None:
        """Until the client leaves, the socket's age is reached, or the gateway drains."""
        async with self._tasks:
            timers = [
                self.clock.later(self.limits.init_s, self._need_init),
                self.clock.later(self.limits.max_age_s, self._expire),
            ]
            draining.call(self._restart)
            try:
                async with self._over:
                    await self._read()
            finally:
                draining.forget(self._restart)
                if self._grant is not None:
                    self._grant.forget(self._revoke)
                for timer in timers:
                    timer.cancel()
                for task in self._operations.values():
                    task.cancel()
                await self._say_goodbye()

    def viewer_failed(self, error: ApiError) -> None:
        """A viewer was ended while its message may be stuck in the socket: then nothing can be said any more."""
        code = TABLE[error.code].close
        if code is not None and error.code is not Code.SERVICE_RESTART:
            self.end(code, error.code.value)

    def end(self, code: int, reason: str) -> None:
        """Close it. The first reason counts."""
        self._close = self._close or (code, reason)
        self._over.set()

    # What ends it

    def _need_init(self) -> None:
        if self._grant is None:
            self.end(messages.SLOW_INIT, "Connection initialisation timeout")

    def _expire(self) -> None:
        code = Code.WEBSOCKET_CONNECTION_LIMIT_REACHED
        self.end(TABLE[code].close or INTERNAL, code.value)

    def _revoke(self) -> None:
        """Whoever was let in is so no more."""
        assert self._grant is not None  # noqa: S101 - it is what calls this
        try:
            self._grant.check()
        except ApiError as error:
            self.end(TABLE[error.code].close or POLICY, error.code.value)

    def _restart(self) -> None:
        self._draining = True
        self._tasks.create_task(self._drain())

    async def _drain(self) -> None:
        """Followers are told to go on elsewhere, and what else runs may end; a client that does not read cannot."""
        for viewer in list(self.viewers):
            viewer.fail(_restarts())
        if self._operations:
            await asyncio.wait(list(self._operations.values()), timeout=self.limits.last_words_s)
        self.end(TABLE[Code.SERVICE_RESTART].close or INTERNAL, Code.SERVICE_RESTART.value)

    async def _say_goodbye(self) -> None:
        if self._close is None:
            return
        code, reason = self._close
        with suppress(TimeoutError, WebSocketDisconnect, RuntimeError):  # the last two: it is closed already
            async with asyncio.timeout(self.limits.last_words_s):
                await self.websocket.close(code, reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore"))

    # What comes in

    async def _read(self) -> None:
        try:
            while not self._over.is_set():
                message = await self.websocket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                if (text := message.get("text")) is None:
                    raise BadMessage("Messages must be text frames")
                await self._receive(messages.parse(text))
        except WebSocketDisconnect:
            pass
        except BadMessage as error:
            self.end(messages.BAD_MESSAGE, str(error))
        except Exception as error:  # the reader's end, and so the socket's
            self.end(INTERNAL, api_error(error).code.value)

    async def _receive(self, message: Message) -> None:
        match message:
            case Ping():
                await self._send({"type": "pong"})
            case Pong():
                pass
            case Init(payload):
                await self._init(payload)
            case Subscribe(id, operation):
                await self._subscribe(id, operation)
            case Complete(id):
                if (task := self._operations.pop(id, None)) is not None:
                    task.cancel()

    async def _init(self, payload: dict[str, Any]) -> None:
        if self._grant is not None:
            self.end(messages.SECOND_INIT, "Too many initialisation requests")
            return
        try:
            self._grant = await self.identify(payload)
        except NotAllowed as error:
            self.end(messages.FORBIDDEN, error.code.value)
            return
        except ApiError as error:  # who it is cannot be known now
            self.end(TABLE[error.code].close or TRY_AGAIN, error.code.value)
            return
        self._grant.call(self._revoke)
        await self._send({"type": "connection_ack"})

    async def _subscribe(self, id: str, operation: Operation | ApiError) -> None:
        if self._grant is None:
            self.end(messages.UNAUTHORIZED, "Unauthorized")
        elif id in self._operations:
            self.end(messages.SAME_ID, f"Subscriber for {id} already exists")
        elif (error := operation if isinstance(operation, ApiError) else self._full()) is not None:
            await self._send({"id": id, "type": "error", "payload": [formatted_refusal(error)]})
        elif isinstance(operation, Operation):
            self._operations[id] = self._tasks.create_task(self._run(id, operation, self._grant))

    def _full(self) -> ApiError | None:
        if self._draining:
            return _restarts()
        if len(self._operations) >= self.limits.max_operations:
            return LimitReached(
                Code.TOO_MANY_IN_FLIGHT_LANES,
                f"{self.limits.max_operations} operations run on this socket, as many as may; wait until one ends.")
        return None

    # What goes out

    async def _run(self, id: str, operation: Operation, grant: Grant) -> None:
        """One operation to its end, or until the client wants no more of it."""
        task = asyncio.current_task()
        try:
            last = await self._execute(id, operation, grant)
        except WebSocketDisconnect:
            self._over.set()
            return
        except Exception as error:  # the operation's end: the client is told, and the others go on
            last = {"id": id, "type": "error", "payload": [formatted_refusal(refusal(error))]}
        finally:
            if self._operations.get(id) is task:  # from here on another may have its id
                del self._operations[id]
        with suppress(WebSocketDisconnect):  # the reader ends the socket
            await self._send(last)

    async def _execute(self, id: str, operation: Operation, grant: Grant) -> dict[str, Any]:
        """Send what an operation gives. Returns its last message."""
        results = await self.schema.stream(
            operation.query, variable_values=operation.variables, operation_name=operation.name,
            context_value=Context(grant.user, self.ports, self))
        async with aclosing(results):
            async for result in results:
                assert isinstance(result, ExecutionResult)  # noqa: S101 - @defer and @stream are not in the schema
                errors = [formatted(error) for error in result.errors or ()]
                if isinstance(result, PreExecutionError):
                    return {"id": id, "type": "error", "payload": errors}
                payload = {"data": result.data, **({"errors": errors} if errors else {})}
                await self._send({"id": id, "type": "next", "payload": payload})
        return {"id": id, "type": "complete"}

    async def _send(self, message: dict[str, Any]) -> None:
        """Waits as long as the socket is full. Raises WebSocketDisconnect."""
        if self._over.is_set():
            return
        try:
            await self.websocket.send_text(orjson.dumps(message).decode())
        except RuntimeError as error:  # the server has closed it
            raise WebSocketDisconnect from error


def _restarts() -> Unavailable:
    return Unavailable(
        Code.SERVICE_RESTART, "This gateway stops. Connect again to reach another, and go on with `startingAfter`.")
