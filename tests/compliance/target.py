"""The server that is looked at: its doors, each of which holds what comes out against the specification."""
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests import spec
from tests.compliance.grammar import TERMINAL, check_stream

Fields = dict[str, Any]
TIMEOUT_S = 120.0


@dataclass(frozen=True)
class Refusal:
    """An error that is the answer: its HTTP status and code."""

    status: int
    code: str


@dataclass(frozen=True)
class Turn:
    """What came of one `response.create`: its events and, at their end, the response or an error."""

    events: list[Fields]
    response: Fields | None
    refusal: Refusal | None = None

    def whole(self) -> Fields:
        """The response, which must be there and complete."""
        assert self.refusal is None, self.refusal
        assert self.response is not None, "no terminal event"
        return completed(self.response)


@dataclass(frozen=True)
class Target:
    """`url` is with `/v1`. `http` is open for as long as the run."""

    url: str
    key: str
    model: str
    http: httpx.AsyncClient

    async def post(self, path: str = "/responses", *, model: str | None = None, **fields: Any) -> httpx.Response:
        """`model` is the target's, unless the body is to have another; empty: none."""
        named = self.model if model is None else model
        body = {"model": named, **fields} if named else fields
        return await self.http.post(f"{self.url}{path}", json=body)

    async def create(self, **fields: Any) -> Fields:
        """A whole response."""
        return resource(await self.post(**fields))

    async def get(self, path: str, **query: Any) -> Fields:
        answer = await self.http.get(f"{self.url}{path}", params=query)
        assert answer.status_code == 200, f"HTTP {answer.status_code}: {answer.text[:500]}"
        found: Fields = answer.json()
        return found

    async def stream(self, **fields: Any) -> Turn:
        """A response as server-sent events, its end included."""
        body = {"model": self.model, **fields, "stream": True}
        async with self.http.stream("POST", f"{self.url}/responses", json=body) as answer:
            text = (await answer.aread()).decode()
        assert answer.status_code == 200, f"HTTP {answer.status_code}: {text[:500]}"
        assert answer.headers["content-type"].startswith("text/event-stream")
        return _turn(_events_of(text))

    async def rest_of(self, response_id: str, after: int) -> list[Fields]:
        """A response's events behind a number, to its end."""
        query = {"stream": "true", "starting_after": str(after)}
        answer = await self.http.get(f"{self.url}/responses/{response_id}", params=query)
        assert answer.status_code == 200, f"HTTP {answer.status_code}: {answer.text[:500]}"
        return _events_of(answer.text)

    @asynccontextmanager
    async def socket(self) -> AsyncIterator["Socket"]:
        address = f"ws{self.url.removeprefix('http')}/responses"
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        async with connect(address, additional_headers=headers, max_size=2**20) as connection:
            yield Socket(connection, self.model)


@dataclass(frozen=True)
class Socket:
    """One WebSocket; one turn after another."""

    connection: ClientConnection
    model: str

    async def turn(self, **fields: Any) -> Turn:
        request = {"type": "response.create", "model": self.model, **fields}
        spec.check("WebSocketResponseCreateEvent", request)
        return await self.send(request)

    async def send(self, request: Fields) -> Turn:
        """An event as it is, and what comes up to the end of its turn."""
        await self.connection.send(json.dumps(request))
        events: list[Fields] = []
        while not events or events[-1]["type"] not in TERMINAL:
            events.append(json.loads(await self.connection.recv(decode=True)))
            if events[-1]["type"] == "error":
                return _refused(events)
        return _turn(events)


def resource(answer: httpx.Response) -> Fields:
    """The response that an HTTP answer is."""
    assert answer.status_code == 200, f"HTTP {answer.status_code}: {answer.text[:500]}"
    found: Fields = answer.json()
    spec.check("ResponseResource", found)
    return found


def refusal(answer: httpx.Response) -> Refusal:
    """The error that an HTTP answer is."""
    assert answer.status_code >= 400, f"HTTP {answer.status_code}"
    error = answer.json()["error"]
    spec.check("ErrorPayload", error)
    return Refusal(answer.status_code, error["code"])


def completed(response: Fields) -> Fields:
    """A response that has ended well and says something."""
    assert response["status"] == "completed", f"its status is {response['status']!r}: {response['error']}"
    assert response["output"], "it has no output"
    return response


def text_of(response: Fields) -> str:
    """All output text."""
    messages = [item for item in response["output"] if item["type"] == "message"]
    return "".join(part["text"] for item in messages for part in item["content"] if part["type"] == "output_text")


def items_of(response: Fields, kind: str) -> list[Fields]:
    found = [item for item in response["output"] if item["type"] == kind]
    assert found, f"no {kind} in its output, but {[item['type'] for item in response['output']]}"
    return found


def _turn(events: list[Fields]) -> Turn:
    check_stream(events)
    return Turn(events, events[-1]["response"])


def _refused(events: list[Fields]) -> Turn:
    spec.check("WebSocketErrorEvent", events[-1])
    return Turn(events, None, Refusal(events[-1]["status"], events[-1]["error"]["code"]))


def _events_of(text: str) -> list[Fields]:
    """A stream's events: each is named as its data says, and `[DONE]` is the last."""
    blocks = [block for block in text.split("\n\n") if block and not block.startswith(":")]
    assert blocks, "no event"
    assert blocks.pop() == "data: [DONE]", "the stream does not end with [DONE]"
    events = []
    for block in blocks:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        events.append(json.loads(fields["data"]))
        assert fields["event"] == events[-1]["type"], "the name of an event is not its type"
    return events
