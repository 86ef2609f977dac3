"""A gateway's routes for responses behind a real uvicorn, as the real one runs it, over a relay in memory."""
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from relay.events import Ended
from server.admission.sockets import Sockets
from server.auth.service import Authenticator
from server.common import filters
from server.common.middleware import BodyLimit
from server.completions import router as completions
from server.responses import router_http
from server.responses.router_ws import ResponseSockets
from server.responses.session import SessionLimits
from tests.unit.server.listening import listening
from tests.unit.server.responses.fakes import World

LIMITS = SessionLimits(max_message_bytes=100_000)


@dataclass
class Gateway:
    world: World
    sockets: Sockets
    port: int

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1/responses"


@asynccontextmanager
async def a_gateway(limits: SessionLimits = LIMITS, max_sockets: int = 100) -> AsyncIterator[Gateway]:
    """One that listens until the block ends; everybody may enter, and a bearer is a user."""
    world = World(max_input_bytes=50_000)
    app = FastAPI()
    app.state.responses, app.state.session_limits = world.service, limits
    app.state.sockets = sockets = Sockets(max_sockets)
    app.state.authenticator = Authenticator()
    filters.install(app)
    app.include_router(router_http.router)
    app.include_router(completions.router)
    app.add_middleware(BodyLimit, limit=limits.max_message_bytes)
    app.add_middleware(ResponseSockets)
    async with listening(app, ws_max_size=4 * limits.max_message_bytes) as port:
        yield Gateway(world, sockets, port)


def error(answer: httpx.Response) -> tuple[int, str, str | None]:
    """What an answer says went wrong: its status, the code and the field."""
    body = answer.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"type", "code", "message", "param"}
    return answer.status_code, body["error"]["code"], body["error"]["param"]


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition; the test's timeout bounds it."""
    while not condition():  # noqa: ASYNC110 - what is waited for is the real code's, which sets no event for tests
        await asyncio.sleep(0.001)


async def answered(gateway: Gateway, *texts: str, end: Ended | None = None, before: int = 0) -> str:
    """Wait for the next response to be submitted (after `before` of them), and answer it."""
    relay = gateway.world.relay
    await until(lambda: len(relay.requests) > before)
    relay.answer(gateway.world.last, *texts, end=end)
    return gateway.world.last
