"""GET /v1/responses, upgraded to a WebSocket."""
from fastapi import APIRouter, WebSocket

from server.admission.dependencies import GatewaySockets
from server.auth.guards import CurrentUser
from server.responses.connection import Connection
from server.responses.dependencies import Responses, SocketLimits
from server.responses.session import Session

router = APIRouter(prefix="/v1/responses", tags=["responses"])


@router.websocket("")
async def respond(
    websocket: WebSocket, user: CurrentUser, sockets: GatewaySockets, responses: Responses, limits: SocketLimits
) -> None:
    """Turns over one socket; `?resume=resp_…&starting_after=N` goes on with a response before anything else."""
    query = websocket.query_params
    with sockets.admit():
        await websocket.accept()
        session = Session(limits)
        first = session.resume(query["resume"], query.get("starting_after")) if "resume" in query else []
        await Connection(websocket, session, responses, user.id).run(first, sockets.draining)
