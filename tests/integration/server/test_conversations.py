"""Conversations over every door of a running gateway: a page that reloads, an editor, a reader of a link, an SDK."""
import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from tests.integration.server.talk import expected, output_text, send, socket_to, turn, until, until_end
from tests.parley import Parley
from tests.postgres_server import PostgresServer


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def installation(request: pytest.FixtureRequest) -> Iterator[Parley]:
    """Without titles of the model's, which would come at any time."""
    settings = {"synthetic_tokens_per_s": "400", "titles": "false"}
    if request.param == "sqlite":
        with Parley(gateways=2, settings=settings) as parley:
            yield parley
    else:
        with PostgresServer() as server, Parley(gateways=2, settings=settings | {"database_url": server.url}) as parley:
            yield parley


class Api:
    """`/v1/conversations` of one user at one gateway."""

    def __init__(self, url: str, key: str) -> None:
        self.url, self.key = url, key

    async def http(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        async with httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}) as client:
            return await client.request(method, path, **arguments)

    async def __call__(self, method: str, path: str = "", status: int = 200, **arguments: Any) -> Any:
        answer = await self.http(method, f"/v1/conversations{path}", **arguments)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def create(self, **body: Any) -> str:
        name: str = (await self("POST", json=body))["id"]
        return name

    async def said(self, name: str) -> list[str]:
        items = (await self("GET", f"/{name}/items", params={"order": "asc", "limit": 100}))["data"]
        return [item["content"][0]["text"] for item in items]

    async def saved(self, name: str, count: int) -> None:
        """Wait until the active branch holds so many items: the recorder saves after the end was told."""
        async with asyncio.timeout(20):
            while len(await self.said(name)) < count:  # noqa: ASYNC110 - it happens in another process
                await asyncio.sleep(0.02)


def api_of(parley: Parley, key: str, gateway: int = 0) -> Api:
    return Api(parley.urls[gateway], key)


async def test_turns_over_every_door_are_one_conversation(installation: Parley) -> None:
    api = api_of(installation, "ada")
    name = await api.create(metadata={"topic": "doors"})
    async with socket_to(installation.ws_urls[0], key="ada") as socket:
        first = (await turn(socket, "one [[tokens=9]]", conversation=name))[-1]["response"]
    assert first["conversation"] == {"id": name}
    body: dict[str, Any] = {"input": "two [[tokens=9]]", "conversation": {"id": name}}
    second = (await api.http("POST", "/v1/responses", json=body)).json()
    elsewhere = api_of(installation, "ada", 1)
    body = {"input": "three [[tokens=9]]", "conversation": name, "stream": True}
    streamed = await elsewhere.http("POST", "/v1/responses", json=body)
    events = [json.loads(line[6:]) for line in streamed.text.splitlines() if line.startswith("data: {")]
    third = events[-1]["response"]
    told = ["one [[tokens=9]]", output_text(first), "two [[tokens=9]]", output_text(second), "three [[tokens=9]]"]
    assert output_text(third) == expected(*told)
    await elsewhere.saved(name, 6)
    assert await elsewhere.said(name) == [*told, output_text(third)]
    read = await api("GET", f"/{name}")
    assert (read["parley:title"], read["metadata"], read["parley:running"]) == (
        "one [[tokens=9]]", {"topic": "doors"}, [])
    assert (await api("GET"))["first_id"] == name


async def test_a_page_that_reloads_finds_what_is_under_way(installation: Parley) -> None:
    api = api_of(installation, "bob")
    name = await api.create()
    async with socket_to(installation.ws_urls[0], key="bob") as socket:
        await send(socket, input="long [[tokens=300]]", conversation=name)
        response_id = (await until(socket, "response.output_text.delta"))[0]["response"]["id"]
        socket.transport.abort()
    [only] = (await api("GET", f"/{name}/turns"))["data"]
    assert (only["status"], only["response_id"]) == ("in_progress", response_id)
    assert (await api("GET", f"/{name}"))["parley:running"] == [response_id]
    async with socket_to(installation.ws_urls[1], key="bob") as socket:
        await send(socket, input="too soon", conversation=name)
        [refused] = await until_end(socket)
        assert (refused["status"], refused["error"]["code"]) == (409, "conversation_locked")
        await send(socket, "parley:resume", response_id=response_id)
        ended = (await until_end(socket))[-1]["response"]
    await api.saved(name, 2)
    assert await api.said(name) == ["long [[tokens=300]]", output_text(ended)]


async def test_editing_and_regenerating_make_branches(installation: Parley) -> None:
    api = api_of(installation, "cleo")
    name = await api.create()
    async with socket_to(installation.ws_urls[0], key="cleo") as socket:
        one = (await turn(socket, "one [[tokens=5]]", conversation=name))[-1]["response"]["id"]
        two = (await turn(socket, "two [[tokens=5]]", conversation=name))[-1]["response"]["id"]
        behind_one = {"conversation": name, "previous_response_id": one}
        again = (await turn(socket, "two [[tokens=5]]", **behind_one))[-1]["response"]["id"]
        first = {"conversation": {"id": name, "parley:parent_id": None}}
        edited = (await turn(socket, "ONE [[tokens=5]]", **first))[-1]["response"]["id"]
        [refused] = await turn(socket, "x", conversation=name, previous_response_id="resp_0nothing")
        assert refused["error"]["code"] == "previous_response_not_found"
    await api.saved(name, 2)
    turns = (await api("GET", f"/{name}/turns", params={"order": "asc"}))["data"]
    assert [one_turn["siblings"] for one_turn in turns] == [[one, edited]]
    chosen = await api("POST", f"/{name}/branch", json={"turn_id": one})
    assert chosen["parley:active_turn_id"] == again
    siblings = (await api("GET", f"/{name}/turns/{two}/siblings"))["data"]
    assert [sibling["id"] for sibling in siblings] == [two, again]


async def test_somebody_elses_is_not_found_at_any_door(installation: Parley) -> None:
    ada, eve = api_of(installation, "ada"), api_of(installation, "eve")
    name = await ada.create(items=[{"role": "user", "content": "secret"}])
    item = (await ada("GET", f"/{name}/items"))["data"][0]["id"]
    share = (await ada("POST", f"/{name}/shares", json={}))["id"]
    turn_id = (await ada("GET", f"/{name}/turns"))["data"][0]["id"]
    for method, path, body in (
            ("GET", "", None), ("POST", "", {"parley:pinned": True}), ("DELETE", "", None), ("GET", "/items", None),
            ("POST", "/items", {"items": [{"role": "user", "content": "x"}]}), ("GET", f"/items/{item}", None),
            ("DELETE", f"/items/{item}", None), ("GET", "/turns", None), ("GET", f"/turns/{turn_id}/siblings", None),
            ("POST", "/branch", {"turn_id": turn_id}), ("GET", "/shares", None), ("POST", "/shares", {}),
            ("DELETE", f"/shares/{share}", None), ("GET", "/export", None), ("GET", "/export?format=markdown", None)):
        refused = await eve(method, f"/{name}{path}", 404, json=body)
        assert refused["error"]["code"] == "conversation_not_found", path
    refused = (await eve.http("POST", "/v1/responses", json={"input": "x", "conversation": name})).json()
    assert refused["error"]["code"] == "conversation_not_found"
    assert name not in json.dumps([await eve("GET"), await eve("GET", "/search", params={"query": "secret"})])
    assert await ada.said(name) == ["secret"]


async def test_a_link_needs_no_sign_in_and_can_be_taken_back(installation: Parley) -> None:
    api = api_of(installation, "dora")
    name = await api.create(items=[{"role": "system", "content": "hidden"}, {"role": "user", "content": "shown"}])
    share = await api("POST", f"/{name}/shares", json={})
    async with httpx.AsyncClient(base_url=installation.url) as anybody:
        read = await anybody.get(share["path"])
        assert [item["content"][0]["text"] for item in read.json()["items"]["data"]] == ["shown"]
        assert "dora" not in read.text
        assert read.headers["x-robots-tag"] == "noindex"
        await api("DELETE", f"/{name}/shares/{share['id']}")
        refused = await anybody.get(share["path"])
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "share_not_found")


async def test_export_import_search_and_delete(installation: Parley) -> None:
    api = api_of(installation, "finn")
    name = await api.create()
    async with socket_to(installation.ws_urls[0], key="finn") as socket:
        response = (await turn(socket, "Of zebras [[tokens=9]]", conversation=name))[-1]["response"]
    await api.saved(name, 2)
    given = await api("GET", f"/{name}/export")
    made = await api("POST", "/import", json=given)
    assert await api.said(made["id"]) == await api.said(name)
    exported = await api.http("GET", f"/v1/conversations/{name}/export", params={"format": "markdown"})
    assert exported.text.startswith("# Of zebras [[tokens=9]]\n\n## You\n\nOf zebras")
    assert exported.headers["content-disposition"] == 'attachment; filename="conversation.md"'
    hits = (await api("GET", "/search", params={"query": "zebras"}))["data"]
    assert {hit["conversation"]["id"] for hit in hits} == {name, made["id"]}
    assert (await api("DELETE", f"/{name}"))["deleted"] is True
    assert (await api("GET", f"/{name}", 404))["error"]["code"] == "conversation_not_found"
    assert (await api.http("GET", f"/v1/responses/{response['id']}")).status_code == 404
    await api("DELETE", f"/{made['id']}")
    assert (await api("GET", "/search", params={"query": "zebras"}))["data"] == []


@pytest.mark.parametrize(("method", "path", "body", "code", "param"), [
    ("POST", "", {"items": "x"}, "invalid_type", "items"),
    ("POST", "", {"items": [{"role": "user", "content": "x"}] * 21}, "invalid_value", "items"),
    ("POST", "", {"metadata": {"a": 1}}, "invalid_type", "metadata.a"),
    ("POST", "", {"name": "x"}, "unknown_parameter", "name"),
    ("POST", "", {"parley:title": "\0 "}, "invalid_value", "parley:title"),
    ("POST", "/import", {"object": "x"}, "invalid_value", "object"),
    ("GET", "?limit=0", None, "invalid_value", "limit"),
    ("GET", "?after=conv_none", None, "invalid_value", "after"),
    ("GET", "/search", None, "missing_required_parameter", "query"),
    ("GET", "/search?query=" + "x" * 501, None, "invalid_value", "query"),
])
async def test_what_is_wrong_is_said(
        installation: Parley, method: str, path: str, body: Any, code: str, param: str) -> None:
    refused = (await api_of(installation, "gus")(method, path, 400, json=body))["error"]
    assert (refused["code"], refused["param"]) == (code, param)


async def test_a_conversation_keeps_what_is_said(installation: Parley) -> None:
    api = api_of(installation, "gus")
    name = await api.create()
    answer = await api.http("POST", "/v1/responses", json={"input": "x", "conversation": name, "store": False})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "store")


async def test_an_import_may_be_larger_than_other_bodies(installation: Parley) -> None:
    api = api_of(installation, "hal")
    items = [{"role": "user", "content": "x" * 30_000}] * 50
    turns = [{"id": "a", "status": "completed", "created_at": 1.0, "items": items}]
    given = {"object": "parley:conversation.export", "version": 1, "created_at": 1.0, "updated_at": 1.0, "turns": turns}
    made = await api("POST", "/import", json=given)
    assert len(await api.said(made["id"])) == 50
    assert (await api("POST", "", 413, json={"items": items}))["error"]["code"] == "frame_too_large"


def test_openais_sdk_finds_what_it_knows(installation: Parley) -> None:
    client = openai.OpenAI(base_url=f"{installation.url}/v1", api_key="ivy", max_retries=0)
    talk = client.conversations.create(
        metadata={"a": "b"}, items=[
            {"type": "message", "role": "user", "content": "Hello"},
            {"type": "message", "role": "assistant", "content": "Hi"}])
    assert talk.id.startswith("conv_")
    response = client.responses.create(model="synthetic", input="And? [[tokens=5]]", conversation=talk.id)
    assert response.conversation is not None
    assert response.conversation.id == talk.id
    assert response.output_text == expected("Hello", "Hi", "And? [[tokens=5]]")
    added = client.conversations.items.create(
        talk.id, items=[{"type": "message", "role": "user", "content": "By the way"}])
    assert len(added.data) == 1
    kinds = [item.type for item in client.conversations.items.list(talk.id, order="asc", limit=1)]
    assert kinds == ["message"] * 5, "the SDK asks for page after page"
    item = client.conversations.items.retrieve(added.data[0].id or "", conversation_id=talk.id)
    assert item.type == "message"
    client.conversations.items.delete(added.data[0].id or "", conversation_id=talk.id)
    assert client.conversations.update(talk.id, metadata={"c": "d"}).metadata == {"c": "d"}
    assert client.conversations.retrieve(talk.id).metadata == {"c": "d"}
    assert client.conversations.delete(talk.id).deleted
    with pytest.raises(openai.NotFoundError):
        client.conversations.retrieve(talk.id)
    client.close()


async def test_chat_goes_on_in_a_conversation_while_the_database_is_away(start_parley: type[Parley]) -> None:
    with PostgresServer() as server:
        parley = start_parley(settings={"database_url": server.url, "titles": "false"})
        api = api_of(parley, "ada")
        name = await api.create()
        async with socket_to(parley.ws_url, key="ada") as socket:
            first = (await turn(socket, "one [[tokens=5]]", conversation=name))[-1]["response"]
            await api.saved(name, 2)
            server.stop()
            fields = {"conversation": name, "previous_response_id": first["id"]}
            second = (await turn(socket, "two [[tokens=5]]", **fields))[-1]["response"]
            assert output_text(second) == expected("one [[tokens=5]]", output_text(first), "two [[tokens=5]]")
            [refused] = await turn(socket, "three", conversation=name)
            assert (refused["status"], refused["error"]["code"]) == (503, "history_unavailable")
            server.start()
        await api.saved(name, 4)
        assert (await api("GET", f"/{name}"))["parley:active_turn_id"] == second["id"]


async def test_the_model_gives_a_title_when_it_is_idle(start_parley: type[Parley]) -> None:
    parley = start_parley()
    api = api_of(parley, "ada")
    name = await api.create()
    async with socket_to(parley.ws_url, key="ada") as socket:
        await turn(socket, "one [[tokens=5]]", conversation=name)
    async with asyncio.timeout(30):
        while (read := await api("GET", f"/{name}"))["parley:title_by"] != "model":
            assert read["parley:title_by"] in (None, "question")
            await asyncio.sleep(0.05)
    assert read["parley:title"] != "one [[tokens=5]]"


async def test_all_are_deleted_only_by_who_knows_how_many_there_are(installation: Parley) -> None:
    api, other = api_of(installation, "the-whole-lot"), api_of(installation, "the-whole-lot", gateway=1)
    stranger = api_of(installation, "somebody-else")
    kept = await stranger.create()
    names = [await api.create() for _ in range(3)]
    assert (await api("POST", "/archive"))["count"] == 3
    running = (await api.http("POST", "/v1/responses", json={
        "input": "long [[tokens=20000]]", "conversation": names[0], "background": True})).json()
    assert running["status"] in ("queued", "in_progress")
    await api("POST", f"/{names[1]}/items", json={"items": [{"type": "message", "role": "user", "content": "Hello."}]})
    share = await api("POST", f"/{names[1]}/shares", json={})
    assert await other("GET", "/count") == {"object": "parley:conversations.count", "total": 3, "archived": 3}
    for query, status, code in (("", 400, "missing_required_parameter"), ("?count=2", 409, "count_differs"),
                                ("?count=-1", 400, "invalid_value"), ("?count=all", 400, "invalid_value")):
        assert (await api("DELETE", query, status))["error"]["code"] == code
    left_empty = await api.http("DELETE", "/v1/conversations/", follow_redirects=True)
    assert left_empty.status_code == 400
    assert await other("DELETE", "?count=3") == {"object": "parley:conversations.deleted", "count": 3}
    assert (await api("GET", "/count"))["total"] == 0
    for name in names:
        await api("GET", f"/{name}", 404)
    assert (await api.http("GET", share["path"])).status_code == 404
    async with asyncio.timeout(20):
        path = f"/v1/responses/{running['id']}"
        while (await api.http("GET", path)).json().get("status") in ("queued", "in_progress"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await stranger("GET", f"/{kept}")
