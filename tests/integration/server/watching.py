"""One generation at every door: how it is started, followed and stopped there, and what each says of it."""
import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import httpx
from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from tests.integration.server.talk import TERMINAL, Event, receive, send, socket_to, until_end
from tests.parley import Parley

TIMEOUT_S = 30.0
CREATE = "mutation ($text: String!) { createResponse(input: {text: $text}) { id } }"
FOLLOW = "subscription ($id: ID!) { response(id: $id) { json } }"
CANCEL = "mutation ($id: ID!) { cancelResponse(id: $id) { status } }"
ENOUGH = 20  # characters, after which somebody who listens has certainly heard of a generation that is under way


class Refused(Exception):
    """A door told an error: its code."""


@dataclass
class Listener:
    """What one door has told so far: whose words, which, and why they ended."""

    response_id: str = ""
    text: str = ""
    end: str = ""
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, response_id: str = "", text: str = "", end: str = "") -> None:
        self.response_id = self.response_id or response_id
        self.text += text
        self.end = end
        if len(self.text) >= ENOUGH:
            self.heard.set()

    def hear_event(self, event: Event) -> None:
        """An event of the protocol."""
        if event["type"] == "error":
            raise Refused(event["error"]["code"] if "error" in event else event["code"])
        response = event.get("response", {})
        text = event["delta"] if event["type"] == "response.output_text.delta" else ""
        self.hear(response.get("id", ""), text, _reason(response) if event["type"] in TERMINAL else "")

    def hear_chunk(self, chunk: Event) -> None:
        """A chunk of a completion."""
        [choice] = chunk["choices"]
        response_id = chunk["id"].replace("chatcmpl-", "resp_")
        reason = chunk.get("parley:incomplete_details", {"reason": "completed"})["reason"]
        self.hear(response_id, choice["delta"].get("content") or "", reason if choice["finish_reason"] else "")


def ends(*listeners: Listener) -> set[str]:
    """Why they ended; "" where one goes on."""
    return {listener.end for listener in listeners}


def _reason(response: Event) -> str:
    details = response["incomplete_details"] or {"reason": response["status"]}
    reason: str = details["reason"]
    return reason


@dataclass
class Caller:
    """Who asks, at one gateway of an installation."""

    parley: Parley
    http: httpx.AsyncClient
    key: str
    gateway: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    @property
    def url(self) -> str:
        return self.parley.urls[self.gateway]

    @property
    def ws_url(self) -> str:
        return self.parley.ws_urls[self.gateway]

    async def events(self, method: str, path: str, **arguments: Any) -> AsyncIterator[Event]:
        """The data of a stream of server-sent events, up to [DONE]."""
        address = f"{self.url}/v1{path}"
        async with self.http.stream(method, address, headers=self.headers, timeout=TIMEOUT_S, **arguments) as answer:
            if answer.status_code != 200:
                raise Refused(json.loads(await answer.aread())["error"]["code"])
            async for line in answer.aiter_lines():
                if line.startswith("data: ") and line != "data: [DONE]":
                    yield json.loads(line.removeprefix("data: "))


Start = Callable[[Caller, str, Listener], Coroutine[Any, Any, None]]
Follow = Callable[[Caller, str, Listener], Coroutine[Any, Any, None]]
Stop = Callable[[Caller, str], Coroutine[Any, Any, None]]


async def start_on_socket(caller: Caller, prompt: str, listener: Listener) -> None:
    async with socket_to(caller.ws_url, key=caller.key) as socket:
        await send(socket, input=prompt)
        while not listener.end:
            listener.hear_event(await receive(socket))


async def start_by_post(caller: Caller, prompt: str, listener: Listener) -> None:
    async for event in caller.events("POST", "/responses", json={"input": prompt, "stream": True}):
        listener.hear_event(event)


async def start_by_chat(caller: Caller, prompt: str, listener: Listener) -> None:
    asked = {"messages": [{"role": "user", "content": prompt}], "stream": True}
    async for chunk in caller.events("POST", "/chat/completions", json=asked):
        listener.hear_chunk(chunk)


async def follow_on_socket(caller: Caller, response_id: str, listener: Listener) -> None:
    async with socket_to(caller.ws_url, key=caller.key) as socket:
        await send(socket, "parley:resume", response_id=response_id)
        while not listener.end:
            listener.hear_event(await receive(socket))


async def follow_by_get(caller: Caller, response_id: str, listener: Listener) -> None:
    async for event in caller.events("GET", f"/responses/{response_id}", params={"stream": "true"}):
        listener.hear_event(event)


def _graphql(caller: Caller) -> Client:
    return Client(transport=WebsocketsTransport(
        f"{caller.ws_url}/graphql", headers=caller.headers,
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL]))


async def _subscribed(session: Any, response_id: str, listener: Listener) -> None:
    try:
        async for told in session.subscribe(GraphQLRequest(FOLLOW, variable_values={"id": response_id})):
            listener.hear_event(told["response"]["json"])
    except TransportQueryError as error:
        raise _refused(error) from error


def _refused(error: TransportQueryError) -> Refused:
    [first] = error.errors or []
    return Refused(first["extensions"]["code"])


async def start_by_graphql(caller: Caller, prompt: str, listener: Listener) -> None:
    async with _graphql(caller) as session:
        made = await session.execute(GraphQLRequest(CREATE, variable_values={"text": prompt}))
        await _subscribed(session, made["createResponse"]["id"], listener)


async def follow_by_graphql(caller: Caller, response_id: str, listener: Listener) -> None:
    async with _graphql(caller) as session:
        await _subscribed(session, response_id, listener)


async def stop_by_graphql(caller: Caller, response_id: str) -> None:
    async with _graphql(caller) as session:
        try:
            await session.execute(GraphQLRequest(CANCEL, variable_values={"id": response_id}))
        except TransportQueryError as error:
            raise _refused(error) from error


async def stop_on_socket(caller: Caller, response_id: str) -> None:
    async with socket_to(caller.ws_url, f"?resume={response_id}", key=caller.key) as socket:
        await send(socket, "response.cancel", response_id=response_id)
        for event in await until_end(socket):
            Listener().hear_event(event)


async def stop_by_post(caller: Caller, response_id: str) -> None:
    answer = await caller.http.post(f"{caller.url}/v1/responses/{response_id}/cancel", headers=caller.headers)
    if answer.status_code != 200:
        raise Refused(answer.json()["error"]["code"])


STARTS: dict[str, Start] = {
    "socket": start_on_socket, "post": start_by_post, "chat": start_by_chat, "graphql": start_by_graphql}
FOLLOWS: dict[str, Follow] = {"socket": follow_on_socket, "get": follow_by_get, "graphql": follow_by_graphql}
STOPS: dict[str, Stop] = {"socket": stop_on_socket, "post": stop_by_post, "graphql": stop_by_graphql}
