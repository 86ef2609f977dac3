"""GraphQL with gql, against real gateways: one generation, started, followed and stopped over different doors."""
import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession, ReconnectingAsyncClientSession
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import build_schema, parse, validate

from tests.integration.server.talk import expected, receive, send, socket_to, text_of, until_end
from tests.parley import ROOT, Parley

KEY = {"Authorization": "Bearer anna"}
CREATE = "mutation ($input: CreateResponse!) { createResponse(input: $input) { id status } }"
FOLLOW = """subscription ($id: ID!, $after: Int! = -1) { response(id: $id, startingAfter: $after) {
    __typename sequenceNumber json
    ... on ResponseDelta { delta }
    ... on ResponseEnded { response { status text incompleteReason usage { outputTokens } } }
} }"""
Session = AsyncClientSession | ReconnectingAsyncClientSession


@pytest.fixture(scope="module")
def two() -> Iterator[Parley]:
    with Parley(gateways=2, settings={"synthetic_tokens_per_s": "100"}) as installation:
        yield installation


@asynccontextmanager
async def over_http(url: str) -> AsyncIterator[Session]:
    async with Client(
            transport=HTTPXAsyncTransport(f"{url}/graphql", headers=KEY),
            fetch_schema_from_transport=True) as session:
        yield session


@asynccontextmanager
async def over_socket(ws_url: str) -> AsyncIterator[Session]:
    async with Client(transport=WebsocketsTransport(
            f"{ws_url}/graphql", headers=KEY,
            subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL])) as session:
        yield session


async def ask(session: Session, text: str, **fields: Any) -> str:
    request = GraphQLRequest(CREATE, variable_values={"input": {"text": text, **fields}})
    response_id: str = (await session.execute(request))["createResponse"]["id"]
    return response_id


def follow(session: Session, response_id: str, after: int = -1) -> AsyncIterator[dict[str, Any]]:
    return session.subscribe(GraphQLRequest(FOLLOW, variable_values={"id": response_id, "after": after}))


async def test_made_over_http_and_followed_over_a_socket(two: Parley) -> None:
    async with over_http(two.urls[0]) as http, over_socket(two.ws_urls[1]) as socket:
        response_id = await ask(http, "hello [[tokens=60]]")
        events = [data["response"] async for data in follow(socket, response_id)]
        text = "".join(event["delta"] for event in events if event["__typename"] == "ResponseDelta")
        assert text == expected("hello [[tokens=60]]")
        assert events[-1]["response"]["text"] == text
        assert events[-1]["response"]["usage"]["outputTokens"] == 60
        read = await http.execute(GraphQLRequest(
            "query ($id: ID!) { response(id: $id) { text status json } viewer { id } models { id state } }",
            variable_values={"id": response_id}))
        assert (read["response"]["text"], read["response"]["status"]) == (text, "COMPLETED")
        assert read["response"]["json"] == events[-1]["json"]["response"]
        assert [model["state"] for model in read["models"]] == ["READY"]


async def test_a_reader_that_comes_back_at_another_gateway_goes_on(two: Parley) -> None:
    async with over_socket(two.ws_urls[0]) as socket:
        response_id = await ask(socket, "broken off [[tokens=200]]")
        seen: list[dict[str, Any]] = []
        async for data in follow(socket, response_id):
            seen.append(data["response"])
            if sum(event["__typename"] == "ResponseDelta" for event in seen) == 20:
                break
    async with over_socket(two.ws_urls[1]) as socket:
        rest = [data["response"] async for data in follow(socket, response_id, seen[-1]["sequenceNumber"])]
    numbers = [event["sequenceNumber"] for event in (*seen, *rest)]
    assert numbers == sorted(set(numbers))
    assert text_of([event["json"] for event in (*seen, *rest)]) == expected("broken off [[tokens=200]]")


async def test_every_door_shows_one_generation_the_same_way(two: Parley) -> None:
    """Made over a WebSocket of Open Responses, followed over GraphQL, stopped over HTTP."""
    async with socket_to(two.ws_urls[0], key="anna") as asker, over_socket(two.ws_urls[1]) as follower:
        await send(asker, input="stop me [[tokens=100000]]")
        created = await receive(asker)
        told = []
        async for data in follow(follower, created["response"]["id"]):
            told.append(data["response"])
            if len(told) == 20:
                async with httpx.AsyncClient() as http:
                    path = f"{two.urls[0]}/v1/responses/{created['response']['id']}/cancel"
                    stopped = await http.post(path, headers=KEY)
        assert told[-1]["response"]["incompleteReason"] == "cancelled"
        events = [created, *await until_end(asker)]
        assert stopped.json() == events[-1]["response"]
        assert told[-1]["json"] == events[-1]
        assert text_of([event["json"] for event in told]) == text_of(events)


async def test_stopped_over_graphql(two: Parley) -> None:
    async with socket_to(two.ws_urls[0], key="anna") as asker, over_http(two.urls[1]) as http:
        await send(asker, input="stop me too [[tokens=100000]]")
        response_id = (await receive(asker))["response"]["id"]
        stop = "mutation ($id: ID!) { cancelResponse(id: $id) { status incompleteReason } }"
        told = await http.execute(GraphQLRequest(stop, variable_values={"id": response_id}))
        assert told["cancelResponse"] == {"status": "INCOMPLETE", "incompleteReason": "cancelled"}
        assert (await until_end(asker))[-1]["type"] == "response.incomplete"


CONVERSATION = """query ($id: ID!) { conversation(id: $id) {
    title running { id } items { edges { node { ... on Message { role text } } } }
    turns { edges { node { id status siblingIds response { id status text } } } } } }"""


async def test_a_conversation_from_its_beginning_to_another_branch(two: Parley) -> None:
    first, second = "tell me [[tokens=20]]", "something else [[tokens=20]]"
    async with over_http(two.urls[0]) as http, over_socket(two.ws_urls[1]) as socket:
        made = await http.execute(GraphQLRequest("mutation { createConversation { id } }"))
        name = made["createConversation"]["id"]
        asked = await ask(http, first, conversation=name)
        assert [data async for data in follow(socket, asked)][-1]["response"]["response"]["status"] == "COMPLETED"
        read = GraphQLRequest(CONVERSATION, variable_values={"id": name})
        told = (await http.execute(read))["conversation"]
        assert told["items"]["edges"][0]["node"] == {"role": "user", "text": first}
        assert [turn["node"]["response"] for turn in told["turns"]["edges"]] == [
            {"id": asked, "status": "COMPLETED", "text": expected(first)}]
        edit = """mutation ($talk: ID!, $turn: ID!, $text: String!) {
            editQuestion(conversation: $talk, turn: $turn, input: {text: $text}) { id } }"""
        edited = (await socket.execute(GraphQLRequest(
            edit, variable_values={"talk": name, "turn": asked, "text": second})))["editQuestion"]["id"]
        assert [data async for data in follow(socket, edited)][-1]["response"]["response"]["text"] == expected(second)
        [turn] = (await http.execute(read))["conversation"]["turns"]["edges"]
        assert (turn["node"]["id"], turn["node"]["siblingIds"]) == (edited, [asked, edited])


def code_of(error: TransportQueryError) -> str:
    [told] = error.errors or []
    code: str = told["extensions"]["code"]
    return code


async def test_errors_have_codes(two: Parley) -> None:
    async with over_socket(two.ws_urls[0]) as socket:
        with pytest.raises(TransportQueryError) as raised:
            await ask(socket, "x", model="no such model")
    assert code_of(raised.value) == "model_not_found"


async def test_a_gateway_that_stops_sends_its_followers_to_another(two: Parley) -> None:
    seen: list[dict[str, Any]] = []

    async def until_it_stops(session: Session, response_id: str) -> None:
        async for data in follow(session, response_id):
            seen.append(data["response"])
            if len(seen) == 10:
                two.processes["gateway-1"].terminate()

    async with over_socket(two.ws_urls[0]) as socket:
        response_id = await ask(socket, "a deploy [[tokens=300]]")
        with pytest.raises((TransportQueryError, TransportConnectionFailed)):  # the socket closes behind the error
            await until_it_stops(socket, response_id)
    assert await asyncio.to_thread(two.processes.pop("gateway-1").wait, 15) == 0
    async with over_socket(two.ws_urls[1]) as socket:
        rest = [data["response"] async for data in follow(socket, response_id, seen[-1]["sequenceNumber"])]
    assert text_of([event["json"] for event in (*seen, *rest)]) == expected("a deploy [[tokens=300]]")


def test_the_examples_in_the_docs_run_as_they_stand(two: Parley) -> None:
    text = (ROOT / "docs" / "graphql.md").read_text()
    [python] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    code = python.replace("ws://127.0.0.1:8000", two.ws_urls[1])
    said = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, text=True, encoding="utf-8", timeout=30)
    assert (said.stdout, said.stderr) == (expected("What is the capital of France?"), "")
    [shell] = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    answer = subprocess.run(
        ["bash", "-c", shell.replace("http://127.0.0.1:8000", two.urls[1])], capture_output=True, text=True, timeout=30)
    assert json.loads(answer.stdout)["data"]["models"][0]["state"] == "READY"
    for example in re.findall(r"```graphql\n(.*?)```", text, re.DOTALL):
        assert validate(build_schema((ROOT / "docs" / "schema.graphql").read_text()), parse(example)) == []
