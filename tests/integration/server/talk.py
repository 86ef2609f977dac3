"""How the tests of this folder talk to a gateway over a WebSocket, and what the synthetic engine will say."""
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError

from inference.engine.synthetic_text import Script, Speller

Event = dict[str, Any]
TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed", "error"})


@asynccontextmanager
async def socket_to(ws_url: str, query: str = "", **headers: str) -> AsyncIterator[ClientConnection]:
    """A WebSocket of `/v1/responses`, with a `key` of its own if one is given."""
    more = {"Authorization": f"Bearer {headers['key']}"} if "key" in headers else {}
    async with connect(f"{ws_url}/v1/responses{query}", additional_headers=more, max_size=2**20) as socket:
        yield socket


async def send(socket: ClientConnection, kind: str = "response.create", **fields: Any) -> None:
    await socket.send(json.dumps({"type": kind, **fields}))


async def receive(socket: ClientConnection) -> Event:
    event: Event = json.loads(await socket.recv(decode=True))
    return event


async def until_end(socket: ClientConnection) -> list[Event]:
    """Events until a terminal one or an error, that one included."""
    events = [await receive(socket)]
    while events[-1]["type"] not in TERMINAL:
        events.append(await receive(socket))
    return events


async def until(socket: ClientConnection, kind: str) -> list[Event]:
    """Events until one of this type, that one included."""
    events = [await receive(socket)]
    while events[-1]["type"] != kind:
        assert events[-1]["type"] not in TERMINAL, events[-1]
        events.append(await receive(socket))
    return events


async def turn(socket: ClientConnection, text: str, **fields: Any) -> list[Event]:
    """Ask, and read to the end."""
    await send(socket, input=text, **fields)
    return await until_end(socket)


async def error_after(socket: ClientConnection, message: str | bytes) -> Event:
    """The error that one message gets."""
    await socket.send(message)
    event = await receive(socket)
    assert event["type"] == "error", event
    error: Event = event["error"]
    return error


def kinds(events: list[Event]) -> list[str]:
    """Their types, several deltas in a row as one."""
    found: list[str] = []
    for event in events:
        if not (found and found[-1] == event["type"]):
            found.append(event["type"])
    return found


def text_of(events: list[Event]) -> str:
    """What the deltas say."""
    return "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")


def output_text(response: Event) -> str:
    """What a response resource says."""
    return "".join(
        part["text"] for item in response["output"] if item["type"] == "message" for part in item["content"])


def numbers(events: list[Event]) -> list[int]:
    return [event["sequence_number"] for event in events]


def expected(*messages: str, tokens: int | None = None) -> str:
    """What the synthetic engine says to these messages, the user's and its own in turn; all of it or `tokens` of it."""
    roles = ("user", "assistant")
    script = Script([{"role": roles[n % 2], "content": message} for n, message in enumerate(messages)])
    speller = Speller()
    return "".join(speller.spell(script.token(n)) for n in range(script.length if tokens is None else tokens))


async def rest_of(socket: ClientConnection) -> list[Event]:
    """What still comes before the gateway closes the socket."""
    events = []
    with suppress(ConnectionClosedError):
        while True:
            events.append(await receive(socket))
    return events
