"""The doors through which a response can be taken up again, each as a function with one signature."""
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from tests.integration.server.talk import Event, send, socket_to, until_end
from tests.parley import Parley

TIMEOUT_S = 40


@dataclass
class Told:
    """What one reader was told: events, and the code of the error that ended or refused it."""

    events: list[Event] = field(default_factory=list)
    code: str = ""
    status: int = 0


@dataclass(frozen=True)
class Ask:
    """Whose response is taken up, at which gateway, and behind which number: any words, or None."""

    parley: Parley
    http: httpx.AsyncClient  # one for all: each makes a TLS context of its own, which takes its time
    gateway: int
    user: str
    response_id: str
    cursor: str | None
    create: dict[str, Any] = field(default_factory=dict)  # the body that made it, with its key

    @property
    def url(self) -> str:
        return self.parley.urls[self.gateway]

    @property
    def ws_url(self) -> str:
        return self.parley.ws_urls[self.gateway]


Door = Callable[[Ask], Awaitable[Told]]


async def socket_address(ask: Ask) -> Told:
    """`?resume=…&starting_after=…`"""
    after = "" if ask.cursor is None else f"&starting_after={ask.cursor}"
    async with socket_to(ask.ws_url, f"?resume={ask.response_id}{after}", key=ask.user) as socket:
        return _of_socket(await until_end(socket))


async def socket_event(ask: Ask) -> Told:
    """`parley:resume`, in a lane."""
    fields: dict[str, Any] = {"response_id": ask.response_id, "stream_id": "lane"}
    if ask.cursor is not None:
        fields["starting_after"] = int(ask.cursor) if ask.cursor.lstrip("-").isdigit() else ask.cursor
    async with socket_to(ask.ws_url, key=ask.user) as socket:
        await send(socket, "parley:resume", **fields)
        events = await until_end(socket)
    assert all(event.pop("stream_id") == "lane" for event in events)
    return _of_socket(events)


async def get_after(ask: Ask) -> Told:
    """`GET`, `starting_after`"""
    query = {"stream": "true"} | ({} if ask.cursor is None else {"starting_after": ask.cursor})
    return await _stream(ask, "GET", f"/{ask.response_id}", params=query)


async def get_last_event_id(ask: Ask) -> Told:
    """`GET`, `Last-Event-ID`, as a browser's EventSource sends it: the query still says what it once said."""
    headers = {} if ask.cursor is None else {"Last-Event-ID": ask.cursor}
    return await _stream(ask, "GET", f"/{ask.response_id}", params={"stream": "true"}, headers=headers)


async def post_last_event_id(ask: Ask) -> Told:
    """The same `POST` again, with its key and `Last-Event-ID`."""
    headers = {} if ask.cursor is None else {"Last-Event-ID": ask.cursor}
    return await _stream(ask, "POST", "", json={**ask.create, "stream": True}, headers=headers)


FOLLOW = """subscription ($id: ID!, $after: Int! = -1) {
    response(id: $id, startingAfter: $after) { type sequenceNumber json } }"""


async def graphql_subscription(ask: Ask) -> Told:
    """A subscription over `graphql-transport-ws`, with gql, by a key in the headers or in the payload."""
    key = {"Authorization": f"Bearer {ask.user}"}
    transport = WebsocketsTransport(
        f"{ask.ws_url}/graphql", subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        headers=key if ask.gateway else {}, init_payload={} if ask.gateway else key, connect_timeout=TIMEOUT_S,
        ack_timeout=TIMEOUT_S)
    variables: dict[str, Any] = {"id": ask.response_id}
    if ask.cursor is not None:
        variables["after"] = int(ask.cursor) if ask.cursor.lstrip("-").isdigit() else ask.cursor
    told = Told()
    async with Client(transport=transport) as session:
        try:
            async for data in session.subscribe(GraphQLRequest(FOLLOW, variable_values=variables)):
                event = data["response"]
                told.events.append(event["json"])
                assert (event["type"], event["sequenceNumber"]) == (
                    event["json"]["type"], event["json"]["sequence_number"])
        except TransportQueryError as error:
            [told_error] = error.errors or []
            told.code, told.status = (told_error["extensions"][name] for name in ("code", "status"))
    return told


DOORS: list[Door] = [
    socket_address, socket_event, graphql_subscription, get_after, get_last_event_id, post_last_event_id]


def _of_socket(events: list[Event]) -> Told:
    if events[-1]["type"] != "error":
        return Told(events)
    error = events.pop()
    return Told(events, error["error"]["code"], error["status"])


async def _stream(ask: Ask, method: str, path: str, **arguments: Any) -> Told:
    headers = {"Authorization": f"Bearer {ask.user}", **arguments.pop("headers", {})}
    address = f"{ask.url}/v1/responses{path}"
    async with ask.http.stream(method, address, headers=headers, timeout=TIMEOUT_S, **arguments) as answer:
        body = (await answer.aread()).decode()
    if answer.status_code != 200:
        return Told([], answer.json()["error"]["code"], answer.status_code)
    return _of_stream(body)


def _of_stream(body: str) -> Told:
    told = Told()
    blocks = [block for block in body.split("\n\n") if block and not block.startswith(":")]
    done = blocks[-1] == "data: [DONE]"
    for block in blocks[:-1] if done else blocks:
        lines = block.split("\n")
        event = json.loads(lines[-1].removeprefix("data: "))
        if event["type"] == "error":
            assert not done
            assert len(lines) == 2, "an error has no id, so that it is no place to go on from"
            told.code = event["code"]
            return told
        assert lines[:-1] == [f"event: {event['type']}", f"id: {event['sequence_number']}"]
        told.events.append(event)
    assert done
    return told
