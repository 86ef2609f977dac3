"""The GraphQL door behind a real uvicorn, over responses in memory, and a client of its socket."""
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, cast

import httpx
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from relay.views import WorkerInfo
from server.admission.sockets import Sockets
from server.auth.service import Authenticator
from server.catalog.schemas import ModelRead
from server.common import filters
from server.common.clock import SystemClock
from server.common.middleware import BodyLimit
from server.graphql import router
from server.graphql.dependencies import GraphQL
from server.graphql.messages import PROTOCOL
from server.graphql.parts import ResponsePort
from server.graphql.ports import Conversations, Ports
from server.graphql.schema import make_schema
from server.graphql.socket import SocketLimits
from tests.unit.server.listening import listening
from tests.unit.server.responses.fakes import FakeCatalog, World

MAX_BODY_BYTES = 50_000
NONE = cast(Conversations, None)  # they are tested over real databases, in tests/contract/server
CREATE = 'mutation { createResponse(input: {text: "hello"}) { id } }'
VIEWER = "{ viewer { isAdministrator } }"
FOLLOW = """subscription ($id: ID!, $after: Int! = -1) { response(id: $id, startingAfter: $after) {
    __typename type sequenceNumber
    ... on ResponseDelta { kind itemId outputIndex contentIndex delta }
    ... on ResponseItem { outputIndex item { id type } }
    ... on ResponseProgress { response { status } }
    ... on ResponseEnded { response { id status text usage { outputTokens } incompleteReason } }
} }"""
Answer = dict[str, Any]


class Models(FakeCatalog):
    """One model."""

    async def models(self) -> list[ModelRead]:
        return [ModelRead.model_validate(
            {"id": "tiny", "created": 1, "state": "ready", "context_tokens": 512, "workers": 2,
             "capabilities": ["tools"], "parameters": None})]

    async def workers(self) -> list[WorkerInfo]:
        return [WorkerInfo("worker-1", "tiny", running=2, capacity=8, kv_usage=0.25, started_at=1.0)]

    async def default_model(self) -> str:
        return "tiny"


@dataclass
class OpenDoor:
    world: World
    sockets: Sockets
    port: int

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"

    async def post(self, query: str, key: str = "anna", **variables: Any) -> Answer:
        """A query or mutation over HTTP, which must be answered with 200."""
        async with httpx.AsyncClient() as http:
            answer = await http.post(
                self.http, json={"query": query, "variables": variables}, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200, answer.text
        told: Answer = answer.json()
        return told

    @asynccontextmanager
    async def socket(self, key: str = "anna") -> AsyncIterator["Client"]:
        """A socket that was acknowledged."""
        async with raw_socket(self, key) as connection:
            client = Client(connection)
            await client.send(type="connection_init")
            assert await client.receive() == {"type": "connection_ack"}
            yield client


@dataclass
class Client:
    connection: ClientConnection

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def receive(self) -> Answer:
        message: Answer = json.loads(await self.connection.recv(decode=True))
        return message

    async def subscribe(self, operation: str, query: str, /, **variables: Any) -> None:
        await self.send(id=operation, type="subscribe", payload={"query": query, "variables": variables})

    async def until_end(self, id: str) -> list[Answer]:
        """The payloads of one operation, of which nothing else comes between, to its `complete` or `error`."""
        payloads: list[Answer] = []
        while (message := await self.receive())["type"] == "next":
            assert message["id"] == id
            payloads.append(message["payload"])
        if message["type"] == "error":
            return [{"errors": message["payload"]}]
        assert message == {"id": id, "type": "complete"}
        return payloads


@asynccontextmanager
async def raw_socket(door: OpenDoor, key: str = "", **arguments: Any) -> AsyncIterator[ClientConnection]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    protocols = [Subprotocol(name) for name in arguments.pop("protocols", [PROTOCOL])]
    async with connect(
            door.ws, subprotocols=protocols or None, additional_headers=headers | arguments.pop("headers", {}),
            **arguments) as connection:
        yield connection


@asynccontextmanager
async def an_open_door(
        *, limits: SocketLimits | None = None, introspection: bool = True, max_sockets: int = 100,
        authenticator: Authenticator | None = None) -> AsyncIterator[OpenDoor]:
    """One that listens until the block ends; if nothing else is said everybody may enter, and a bearer is a user."""
    world = World(max_input_bytes=50_000)
    app = FastAPI()
    app.state.graphql = GraphQL(
        make_schema(introspection=introspection), Ports(ResponsePort(world.service), NONE, Models()), SystemClock(),
        limits or SocketLimits())
    app.state.sockets = sockets = Sockets(max_sockets)
    app.state.authenticator = authenticator or Authenticator()
    filters.install(app)
    app.include_router(router.router)
    app.add_middleware(BodyLimit, limit=MAX_BODY_BYTES)
    async with listening(app, ws_max_size=MAX_BODY_BYTES) as port:
        yield OpenDoor(world, sockets, port)


def codes(answer: Answer) -> list[str]:
    """The codes of its errors."""
    return [error["extensions"]["code"] for error in answer.get("errors", [])]


async def closed(client: Client) -> tuple[int, str]:
    """How the gateway closes it, after whatever still comes."""
    with suppress(ConnectionClosed):
        while True:
            await client.receive()
    assert client.connection.close_code is not None
    return client.connection.close_code, client.connection.close_reason or ""
