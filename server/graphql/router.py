"""/graphql: POST for queries and mutations, a WebSocket for these and for subscriptions."""
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response
from starlette.websockets import WebSocket
from strawberry.types.graphql import OperationType

from relay.errors import RelayError
from server.admission.dependencies import GatewaySockets
from server.auth.guards import CurrentUser
from server.common.answers import json_answer
from server.common.body import read_body
from server.common.documented import JSON_BODY, documented
from server.common.errors import ApiError, BadRequest, Code
from server.common.filters import TABLE, api_error, http_headers
from server.graphql.context import Context
from server.graphql.dependencies import Door
from server.graphql.errors import formatted, formatted_refusal, refusal
from server.graphql.guards import Entry
from server.graphql.messages import PROTOCOL
from server.graphql.requests import MAX_QUERY_CHARACTERS, parse_operation
from server.graphql.socket import GraphQLSocket

OVER_HTTP = {OperationType.QUERY, OperationType.MUTATION}


class GraphQLRoute(APIRoute):
    """Tells every error, the guards' too, in the shape that GraphQL's clients read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except (ApiError, RelayError) as error:
                ours = api_error(error)
                body = {"errors": [formatted_refusal(ours)]}
                return json_answer(body, TABLE[ours.code].status, http_headers(ours))

        return told


router = APIRouter(tags=["graphql"], route_class=GraphQLRoute)


OPERATION = {
    "type": "object",
    "required": ["query"],
    "properties": {
        "query": {"type": "string", "maxLength": MAX_QUERY_CHARACTERS, "description": "see docs/schema.graphql"},
        "variables": {"type": ["object", "null"]},
        "operationName": {"type": ["string", "null"]},
        "extensions": {},
    },
    "additionalProperties": False,
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "who one is, and what is live": {"query": "{ viewer { id } models { id } }"},
}


@router.post("/graphql", openapi_extra=documented(
    *JSON_BODY, Code.INVALID_QUERY, Code.QUERY_TOO_COMPLEX, body=OPERATION, examples=EXAMPLES,
    answers=[{"data": {"viewer": {"id": "user_1"}, "models": [{"id": "smollm2-135m-instruct"}]}}, {"data": None}, {
        "data": {}}], refusal="GraphQLErrors"))
async def execute(request: Request, user: CurrentUser, sockets: GatewaySockets, door: Door) -> Response:
    """One query or mutation: `{"query": …, "variables": {…}, "operationName": …}`."""
    sockets.refuse_when_draining()
    if "content-type" not in request.headers:  # JSON's own no other site's page can send without asking first
        raise BadRequest(Code.UNSUPPORTED_MEDIA_TYPE, "Send JSON with `Content-Type: application/json`.")
    operation = parse_operation(await read_body(request))
    try:
        result = await door.schema.execute(
            operation.query, variable_values=operation.variables, operation_name=operation.name,
            context_value=Context(user, door.ports), allowed_operation_types=OVER_HTTP)
    except Exception as error:
        raise refusal(error) from error
    errors = [formatted(error) for error in result.errors or ()]
    return json_answer({"data": result.data, **({"errors": errors} if errors else {})})


@router.websocket("/graphql")
async def follow(websocket: WebSocket, entry: Entry, sockets: GatewaySockets, door: Door) -> None:
    """Operations over `graphql-transport-ws`."""
    with sockets.admit() as place:
        if PROTOCOL not in websocket.scope["subprotocols"]:
            raise BadRequest(
                Code.INVALID_VALUE, f"This socket speaks `{PROTOCOL}`; ask for it in Sec-WebSocket-Protocol.")
        await websocket.accept(PROTOCOL)
        socket = GraphQLSocket(
            websocket, door.schema, door.ports, door.clock, door.limits, identify=entry.into(place))
        await socket.run(sockets.draining)
