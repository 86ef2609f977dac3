"""The ways in: a WebSocket, server-sent events, the Python client. Each is an iterator of events that may break."""
import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from parley_client import AsyncClient, ConnectionLostError, DivergedError, OverloadedError, ParleyError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.chaos.check import TERMINAL, Event

SILENCE_S = 6.0  # then a connection counts as dead
OPEN_S = 5.0
FOR_NOW = (408, 429, 503)
STOP_LANE = "stop"
STOP_AGAIN_S = 0.2


class Broken(Exception):
    """The connection is gone, or was never made."""


class Refused(Exception):
    """The server said no: for now, or for good."""

    def __init__(self, code: str, *, for_now: bool) -> None:
        super().__init__(code)
        self.code, self.for_now = code, for_now


@dataclass(slots=True)
class Wish:
    """What a reader wants: a new response, or to go on with one. `stop`: have it stopped."""

    create: dict[str, Any]
    key: str
    response_id: str | None = None
    last: int = -1
    stop: bool = False


async def by_socket(url: str, wish: Wish) -> AsyncGenerator[Event]:
    """One WebSocket for one response."""
    in_query = wish.response_id is not None and wish.last % 2 == 0  # both ways of resuming
    socket = await _open(url, f"?resume={wish.response_id}&starting_after={wish.last}" if in_query else "")
    try:
        if wish.response_id is None:
            await _say(socket, type="response.create", idempotency_key=wish.key, **wish.create)
        elif not in_query:
            await _say(socket, type="parley:resume", response_id=wish.response_id, starting_after=wish.last)
        async for event in _told(socket, wish):
            yield event
        await _say(socket, type="parley:ping")  # whatever else comes now came too often
        while (event := await _hear(socket))["type"] != "parley:pong":
            if event.get("stream_id") != STOP_LANE:  # that says only that the stop came too late
                yield event
    except (WebSocketException, OSError, TimeoutError) as error:
        raise Broken(repr(error)) from None
    finally:
        socket.transport.abort()


async def _open(url: str, query: str) -> ClientConnection:
    address = f"{url.replace('http', 'ws', 1)}/v1/responses{query}"
    try:
        return await connect(address, open_timeout=OPEN_S, close_timeout=0.2, ping_interval=None, max_size=2**21,
                             compression=None, proxy=None)
    except (InvalidHandshake, OSError, TimeoutError, EOFError) as error:
        raise Broken(repr(error)) from None


async def _told(socket: ClientConnection, wish: Wish) -> AsyncGenerator[Event]:
    """Its events up to the terminal one; it is stopped when that is wished."""
    stopped = False
    while True:
        if wish.stop and wish.response_id and not stopped:
            stopped = True
            await _say(socket, type="response.cancel", response_id=wish.response_id, stream_id=STOP_LANE)
        event = await _hear(socket)
        if event["type"] == "error" and event.get("stream_id") != STOP_LANE:
            raise Refused(event["error"]["code"], for_now=event["status"] in FOR_NOW)
        if event["type"] == "error":  # the stop was not heard: again, a little later
            await asyncio.sleep(STOP_AGAIN_S)
            stopped = False
            continue
        yield event
        if event["type"] in TERMINAL:
            return


async def _say(socket: ClientConnection, **event: Any) -> None:
    await socket.send(json.dumps(event))


async def _hear(socket: ClientConnection) -> Event:
    async with asyncio.timeout(SILENCE_S):
        event: Event = json.loads(await socket.recv(decode=False))
        return event


async def by_events(url: str, wish: Wish) -> AsyncGenerator[Event]:
    """Server-sent events, over HTTP/1.0, which has no chunks."""
    where = urlsplit(url)
    try:
        async with asyncio.timeout(OPEN_S):
            reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=2**21)
    except (OSError, TimeoutError) as error:
        raise Broken(repr(error)) from None
    try:
        writer.write(_request(wish))
        status, _ = await _head(reader)
        if status != 200:
            body = json.loads(await asyncio.wait_for(reader.read(), SILENCE_S) or b"{}")
            raise Refused(body.get("error", {}).get("code", str(status)), for_now=status in FOR_NOW)
        while True:
            chunk = await asyncio.wait_for(reader.readuntil(b"\n\n"), SILENCE_S)
            data = chunk.partition(b"data: ")[2]
            if data == b"[DONE]\n\n":
                break
            if not data:
                continue  # a comment, that it still waits
            event: Event = json.loads(data)
            if event["type"] == "error":
                code = event.get("code") or event["error"]["code"]
                raise Refused(code, for_now=code in ("service_restart", "relay_unavailable", "viewer_behind"))
            yield event
    except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError, IndexError) as error:
        raise Broken(repr(error)) from None
    finally:
        writer.transport.abort()


def _request(wish: Wish) -> bytes:
    common = "Host: 127.0.0.1\r\nConnection: close\r\n"
    if wish.response_id is None:
        body = json.dumps({**wish.create, "stream": True}).encode()
        head = (f"POST /v1/responses HTTP/1.0\r\n{common}Content-Type: application/json\r\n"
                f"Idempotency-Key: {wish.key}\r\nContent-Length: {len(body)}\r\n\r\n")
        return head.encode() + body
    path = f"/v1/responses/{wish.response_id}?stream=true"
    if wish.last % 2 == 0:  # both ways of resuming
        return f"GET {path}&starting_after={wish.last} HTTP/1.0\r\n{common}\r\n".encode()
    return f"GET {path} HTTP/1.0\r\n{common}Last-Event-ID: {wish.last}\r\n\r\n".encode()


async def _head(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), SILENCE_S)
    return int(head.split(b" ", 2)[1]), head


async def by_client(urls: list[str], wish: Wish) -> AsyncGenerator[Event]:
    """The Python client, which goes on by itself whatever breaks."""
    async with AsyncClient(urls) as client:
        if wish.response_id is None:
            stream = client.stream(**wish.create)
        else:
            stream = client.follow(wish.response_id, starting_after=wish.last)
        try:
            async for event in stream.events():
                yield event
        except DivergedError:
            raise Refused("response_diverged", for_now=False) from None
        except (ConnectionLostError, OverloadedError) as error:
            raise Refused(error.code, for_now=True) from None
        except ParleyError as error:
            if error.code not in ("worker_lost", "queue_timeout", "engine_error"):  # those came as a terminal event
                raise Refused(error.code, for_now=error.retryable) from None
