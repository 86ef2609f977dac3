"""What the tests of sockets say and hear on one."""
import json
from typing import Any

from websockets.asyncio.client import ClientConnection

from tests.unit.server.responses.gateway import Gateway


async def say(socket: ClientConnection, **event: Any) -> None:
    await socket.send(json.dumps(event))


async def create(socket: ClientConnection, lane: str | None = None, **fields: Any) -> None:
    await say(socket, type="response.create", **{"input": "hi", **fields}, **({"stream_id": lane} if lane else {}))


async def hear(socket: ClientConnection) -> dict[str, Any]:
    frame = await socket.recv()
    assert isinstance(frame, str)
    event: dict[str, Any] = json.loads(frame)
    return event


async def hear_until(socket: ClientConnection, *types: str) -> list[dict[str, Any]]:
    """All events up to the first of one of these types."""
    events = [await hear(socket)]
    while events[-1]["type"] not in types:
        events.append(await hear(socket))
    return events


async def created(socket: ClientConnection) -> str:
    """The id of the response that has just been created."""
    event = await hear(socket)
    assert event["type"] == "response.created", event
    response_id: str = event["response"]["id"]
    return response_id


async def turn(gateway: Gateway, socket: ClientConnection, *texts: str, **fields: Any) -> list[dict[str, Any]]:
    """A whole turn's events."""
    await create(socket, **fields)
    first = await hear(socket)
    gateway.world.relay.answer(first["response"]["id"], *texts)
    return [first, *await hear_until(socket, "response.completed")]


async def told(socket: ClientConnection) -> tuple[int, str, str | None, str | None]:
    event = await hear(socket)
    assert event["type"] == "error", event
    assert set(event["error"]) == {"type", "code", "message", "param"}
    return event["status"], event["error"]["code"], event["error"]["param"], event.get("stream_id")
