"""GET /v1/responses, upgraded to a WebSocket.

A middleware and no route of FastAPI's: what is around a route (dependencies, exit stacks, a dozen coroutines) is soon
gone after a request, but would be kept as long as a socket is open (docs/decisions/0013-a-socket-is-no-route.md).
"""
from collections.abc import Awaitable

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from server.admission.dependencies import get_sockets
from server.auth.guards import current_grant, get_authenticator, selected_protocol
from server.common.errors import ApiError
from server.common.filters import http_answer
from server.responses.connection import Connection
from server.responses.dependencies import get_responses, get_session_limits
from server.responses.frames import query_flag
from server.responses.session import Session
from server.responses.turns import Action

PATH = "/v1/responses"


class ResponseSockets:
    """Takes the upgrades at its path; the rest is the application's. It hands on a coroutine, and is none itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        ours = scope["type"] == "websocket" and scope["path"] == PATH
        return (respond if ours else self.app)(scope, receive, send)


async def respond(scope: Scope, receive: Receive, send: Send) -> None:
    """Turns over one socket; `?resume=resp_…&starting_after=N` goes on with a response before anything else.

    `?signals=true`: where each response stands in the queue is told, too.
    """
    asks = HTTPConnection(scope)
    sockets, session = get_sockets(asks), Session(get_session_limits(asks))
    try:
        signals = query_flag(asks.query_params.get("signals"), "signals")
        grant = await current_grant(asks, get_authenticator(asks))
        place = sockets.admit(grant.user.id)
    except ApiError as error:
        await http_answer(error)(scope, receive, send)
        return
    with place:
        websocket = WebSocket(scope, receive, send)
        connection = Connection(websocket, session, get_responses(asks), grant, signals=signals)
        first = _first(asks, session)
        protocol = selected_protocol(asks)
        del asks, session, grant
        scope["headers"] = scope["subprotocols"] = []  # what it has read of the upgrade is of no more use
        await websocket.accept(protocol)
        await connection.run(first, sockets.draining)


def _first(asks: HTTPConnection, session: Session) -> list[Action]:
    query = asks.query_params
    return session.resume(query["resume"], query.get("starting_after")) if "resume" in query else []
