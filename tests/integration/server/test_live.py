"""What administrators see of an installation, over two gateways and each database."""
import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.integration.server.accounts import Browser
from tests.parley import Parley


@pytest.fixture(scope="module")
def key(people: Parley) -> str:
    """The administrator's, who has the first account of the installation."""
    async def made() -> str:
        async with Browser(people) as browser:
            assert (await browser.enter("admin@example.org"))["role"] == "administrator"
            return str((await browser.key("responses", "conversations", "account", "admin"))["key"])

    return asyncio.run(made())


@pytest.fixture
async def admin(people: Parley, key: str) -> AsyncIterator[Browser]:
    async with Browser(people) as browser:
        browser.client.headers["Authorization"] = f"Bearer {key}"
        yield browser


async def settled(browser: Browser, path: str, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What is told once it is so; the test's timeout bounds it."""
    while not condition(told := await browser.get(path)):  # noqa: ASYNC110 - it happens in other processes
        await asyncio.sleep(0.05)
    return told


async def test_the_picture_of_an_installation(people: Parley, admin: Browser) -> None:
    async with Browser(people, 1) as ann:
        await ann.enter("ann@example.org")
        async with ann.socket(0), ann.socket(1), ann.socket(1):
            picture = await settled(admin, "/admin/live", lambda told: told["totals"]["sockets"] == 3)
            assert [(one["id"], one["sockets"], one["users"]) for one in picture["gateways"]] == [
                ("gateway-1", 1, 1), ("gateway-2", 2, 1)]
            assert all(one["state"] == "ready" and one["started_at"] < picture["at"] for one in picture["gateways"])
            picture = await settled(admin, "/admin/live", lambda told: told["totals"]["users"] == 1)
            (worker,) = picture["workers"]
            assert (worker["id"], worker["state"], worker["model"]) == ("worker-1", "ready", "synthetic")
            assert worker["capacity"] > 0
            assert picture["queues"] == []
            assert picture["redis"]["up"]
            assert picture["redis"]["memory_bytes"] > 100_000
            assert picture["database"]["up"]
        await settled(admin, "/admin/live", lambda told: (
            told["totals"]["sockets"], told["totals"]["users"]) == (0, 0))


async def test_tokens_and_attempts_are_counted(people: Parley, admin: Browser) -> None:
    before = (await admin.get("/admin/live"))["workers"][0]["attempts"]
    many = {"input": "[[tokens=1000]] many", "stream": True}
    async with admin.client.stream("POST", "/responses", json=many) as stream:
        assert stream.status_code == 200
        picture = await settled(admin, "/admin/live", lambda told: (
            told["totals"]["streams"] == 1 and (told["totals"]["delivered_tokens_per_s"] or 0) > 20
            and told["totals"]["tokens_per_s"] > 20 and told["totals"]["running"] == 1))
        assert picture["workers"][0]["attempts"] > before
        assert picture["gateways"][0]["streams"] == 1


async def test_who_is_connected(people: Parley, admin: Browser) -> None:
    async with Browser(people) as ann, Browser(people, 1) as guest:
        account = await ann.enter("connected@example.org")
        await ann.client.patch("/account", json={"display_name": "Ann"})
        await guest.open_page()
        guest_id = (await guest.get("/account"))["id"]
        async with ann.socket(0), ann.socket(1), guest.socket(1):
            page = await settled(admin, "/admin/connected", lambda told: sum(
                one["sockets"] for one in told["data"]) == 3)
            found = {one["id"]: one for one in page["data"]}
            assert set(found) == {account["id"], guest_id}
            assert found[account["id"]]["user"] == {
                "id": account["id"], "kind": "account", "email": "connected@example.org", "display_name": "Ann"}
            assert found[account["id"]]["gateway_ids"] == ["gateway-1", "gateway-2"]
            assert found[guest_id]["user"] == {
                "id": guest_id, "kind": "guest", "email": None, "display_name": None}
            first = await admin.get("/admin/connected?limit=1")
            assert (len(first["data"]), first["has_more"]) == (1, True)
            second = await admin.get(f"/admin/connected?limit=1&after={first['last_id']}")
            assert (len(second["data"]), second["has_more"]) == (1, False)
            assert {first["last_id"], second["last_id"]} == set(found)
        await settled(admin, "/admin/connected", lambda told: told["data"] == [])


async def test_a_socket_of_graphql_counts(people: Parley, admin: Browser, key: str) -> None:
    me = (await admin.get("/account"))["id"]
    async with connect(
            f"{people.ws_url}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {key}"}}))
        await socket.recv()
        page = await settled(admin, "/admin/connected", lambda told: bool(told["data"]))
        assert [(one["id"], one["sockets"]) for one in page["data"]] == [(me, 1)]
    await settled(admin, "/admin/connected", lambda told: told["data"] == [])


async def test_nobody_else_is_told(people: Parley, admin: Browser) -> None:
    narrow = {"Authorization": f"Bearer {(await admin.key('responses'))['key']}"}
    async with Browser(people) as other, Browser(people) as guest:
        await other.enter("nosy@example.org")
        await guest.open_page()
        for path in ("/admin/live", "/admin/connected", "/admin/users", "/admin/history", "/admin/errors"):
            for browser in (other, guest):
                assert await browser.refusal("GET", path) == (403, "administrator_required")
            assert await other.refusal("GET", path, headers=narrow) == (403, "insufficient_scope")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", f"after={'x' * 81}"])
async def test_bad_queries(admin: Browser, query: str) -> None:
    answer = await admin.client.get(f"/admin/connected?{query}")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "invalid_value", query.partition("=")[0])


async def test_the_history_of_an_installation(people: Parley, admin: Browser) -> None:
    """A step of five seconds, over both gateways."""
    made = [await admin.client.post(f"{url}/v1/responses", json={"input": "[[tokens=20]] one"}) for url in people.urls]
    assert [answer.status_code for answer in made] == [200, 200]
    await admin.client.get("/models/unknown")

    def counted(told: dict[str, Any]) -> bool:
        times = told["time_to_first_token_s"], told["time_per_output_token_s"]
        return all(sum(filter(None, each["count"])) >= 2 for each in times) and "model_not_found" in told["errors"]

    told = await settled(admin, "/admin/history?step_s=5&minutes=2", counted)
    assert len(told["at"]) == 24
    assert {after - before for before, after in pairwise(told["at"])} == {5}
    for series in (told["time_to_first_token_s"], told["time_per_output_token_s"]):
        place = next(n for n, count in enumerate(series["count"]) if count)  # of answers of one token there is one only
        assert 0 < series["p50"][place] <= series["p95"][place] < 5
    assert sum(filter(None, told["responses"]["completed"])) >= 2
    assert max(filter(None, told["delivered_tokens_per_s"])) > 1
    assert told["running"][place] is not None
    assert told["waiting"][place] == 0
    newer = await admin.get(f"/admin/history?step_s=5&since={told['at'][-2]}")
    assert newer["at"][0] == told["at"][-1]
    assert (await admin.get(f"/admin/history?since={told['at'][-1] + 1000}"))["at"] == []


async def test_the_last_errors(people: Parley, admin: Browser) -> None:
    async with Browser(people, 1) as ann:
        account = await ann.enter("errs@example.org")
        secret = "words that nobody else may read"
        await ann.client.post("/responses", json={"input": "x", "temperature": secret})
        async with ann.socket(1) as socket:
            await socket.send(json.dumps({"type": "response.create", "input": [{"type": secret}]}))
            await socket.recv()
            await socket.send(json.dumps({"type": "response.create", "input": f"{secret} " * 20_000}))
            failed = ""
            while not failed:
                event = json.loads(await socket.recv())
                failed = event["response"]["id"] if event["type"] == "response.failed" else ""

        def listed(told: dict[str, Any]) -> bool:
            return len([one for one in told["data"] if one["user"] and one["user"]["id"] == account["id"]]) == 3

        told = await settled(admin, "/admin/errors?limit=100", listed)
        assert secret not in json.dumps(told)
        mine = [one for one in told["data"] if one["user"] and one["user"]["id"] == account["id"]]
        assert {(one["door"], one["kind"], one["status"], one["param"], one["response_id"]) for one in mine} == {
            ("http", "refusal", 400, "temperature", None), ("websocket", "refusal", 400, "input", None),
            ("response", "refusal", 400, None, failed)}
        assert {one["user"]["email"] for one in mine} == {"errs@example.org"}
        page = await admin.get("/admin/errors?kind=refusal&limit=1")
        assert (len(page["data"]), page["has_more"]) == (1, True)
        after = await admin.get(f"/admin/errors?kind=refusal&limit=1&after={page['last_id']}")
        assert after["data"][0]["id"] not in ("", page["last_id"])
        assert {one["kind"] for one in (await admin.get("/admin/errors?kind=failure"))["data"]} <= {"failure"}


@pytest.mark.parametrize(("path", "param"), [
    ("history?step_s=7", "step_s"), ("history?step_s=x", "step_s"), ("history?minutes=0", "minutes"),
    ("history?minutes=61", "minutes"), ("history?since=-1", "since"), ("history?since=nan", "since"),
    ("history?since=inf", "since"), ("history?since=x", "since"), ("errors?kind=x", "kind"),
    ("errors?limit=0", "limit"), ("errors?after=x", "after"), ("errors?after=err_1_1_failure%00", "after")])
async def test_bad_queries_of_what_was(admin: Browser, path: str, param: str) -> None:
    answer = await admin.client.get(f"/admin/{path}")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "invalid_value", param)


async def test_users_are_found_and_it_is_said_who_is_here(people: Parley, admin: Browser) -> None:
    async with Browser(people, 1) as ann:
        account = await ann.enter("found-by-name@example.org")
        await ann.client.post("/conversations", json={})
        async with ann.socket(1):
            page = await settled(
                admin, "/admin/users?query=FOUND-by", lambda told: bool(told["data"][0]["is_connected"]))
            (found,) = page["data"]
            assert (page["total"], page["has_more"], found["id"]) == (1, False, account["id"])
            assert (found["sockets"], found["streams"], found["conversations"], found["sessions"], found["keys"]) == (
                1, 0, 1, 1, 0)
            assert abs(found["last_seen_at"] - time.time()) < 60
        await settled(admin, "/admin/users?query=found-by", lambda told: not told["data"][0]["is_connected"])
        everybody = await admin.get("/admin/users?limit=1")
        assert everybody["has_more"]
        assert everybody["total"] > 1


@pytest.mark.parametrize(("query", "param"), [
    (f"query={'x' * 101}", "query"), ("query=a%00", "query"), ("limit=0", "limit"), (f"after={'x' * 81}", "after")])
async def test_bad_queries_of_users(admin: Browser, query: str, param: str) -> None:
    answer = await admin.client.get(f"/admin/users?{query}")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["param"]) == (400, "invalid_value", param)
