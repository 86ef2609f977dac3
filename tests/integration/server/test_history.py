"""What has ended is saved, whoever watched; and the database may be away meanwhile."""
import asyncio
import json
from collections.abc import Iterator

import httpx
import pytest

from tests.integration.server.talk import expected, output_text, send, socket_to, turn, until
from tests.parley import Parley, get, metric
from tests.postgres_server import PostgresServer


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


def forget(parley: Parley) -> None:
    """Redis has forgotten all that has ended, as it does an hour after it was recorded."""
    with parley.redis.client() as redis:
        for key in (*redis.scan_iter("parley:{0}:log:*"), *redis.scan_iter("parley:{0}:job:*")):
            redis.delete(key)


def has_recorded(parley: Parley, count: int) -> bool:
    """Whether so many responses were saved."""
    return metric(parley.url, "parley_recorded_total") == count


async def test_an_answer_is_saved_though_its_socket_has_gone(start_parley: type[Parley]) -> None:
    parley = start_parley(settings={"synthetic_tokens_per_s": "400"})
    async with socket_to(parley.ws_url, key="me") as socket:
        await send(socket, input="Nobody looks [[tokens=100]]")
        response_id = (await until(socket, "response.in_progress"))[0]["response"]["id"]
        socket.transport.abort()
    await parley.until(lambda: has_recorded(parley, 1), "it to be recorded")
    forget(parley)
    parley.end("gateway-1")
    parley.start_gateway(1)
    await asyncio.to_thread(parley.wait_ready)
    async with httpx.AsyncClient(base_url=parley.url, headers={"Authorization": "Bearer me"}) as client:
        path = f"/v1/responses/{response_id}"
        read = (await client.get(path)).json()
        items = (await client.get(f"{path}/input_items")).json()["data"]
        assert (await client.get(path, headers={"Authorization": "Bearer you"})).status_code == 404
    assert read["status"] == "completed"
    assert output_text(read) == expected("Nobody looks [[tokens=100]]")
    assert items[0]["content"] == [{"type": "input_text", "text": "Nobody looks [[tokens=100]]"}]
    async with socket_to(parley.ws_url, key="me") as socket:
        last = (await turn(socket, "And? [[tokens=9]]", previous_response_id=response_id))[-1]["response"]
    assert output_text(last) == expected("Nobody looks [[tokens=100]]", output_text(read), "And? [[tokens=9]]")


async def test_what_was_not_to_be_stored_is_not(start_parley: type[Parley]) -> None:
    parley = start_parley()
    async with socket_to(parley.ws_url) as socket:
        response = (await turn(socket, "Once [[tokens=5]]", store=False))[-1]["response"]
        await turn(socket, "Kept [[tokens=5]]")
    await parley.until(lambda: has_recorded(parley, 1), "the other to be recorded")
    forget(parley)
    parley.end("gateway-1")
    parley.start_gateway(1)
    await asyncio.to_thread(parley.wait_ready)
    assert get(parley.url, f"/v1/responses/{response['id']}")[0] == 404
    database = (parley.folder / "parley.db").read_bytes() + (parley.folder / "parley.db-wal").read_bytes()
    assert b"Kept" in database
    assert b"Once" not in database


async def test_chat_goes_on_while_the_database_is_away(
        start_parley: type[Parley], own_postgres: PostgresServer) -> None:
    parley = start_parley(settings={"database_url": own_postgres.url})
    own_postgres.stop()
    await parley.until(lambda: "database" in json.dumps(get(parley.url, "/health/ready")[1]), "it to be missed")
    async with socket_to(parley.ws_url, key="me") as socket:
        first = (await turn(socket, "one [[tokens=9]]"))[-1]["response"]
    async with socket_to(parley.ws_url, key="me") as socket:
        second = (await turn(socket, "two [[tokens=9]]", previous_response_id=first["id"]))[-1]["response"]
        assert output_text(second) == expected("one [[tokens=9]]", output_text(first), "two [[tokens=9]]")
        [refused] = await turn(socket, "three", previous_response_id="resp_0" + "0" * 32)
        assert (refused["status"], refused["error"]["code"]) == (503, "history_unavailable")
    own_postgres.start()
    await asyncio.to_thread(parley.wait_ready)
    await parley.until(lambda: has_recorded(parley, 2), "both to be recorded")
    forget(parley)
    async with httpx.AsyncClient(base_url=parley.url, headers={"Authorization": "Bearer me"}) as client:
        assert (await client.get(f"/v1/responses/{second['id']}")).json() == second
    assert "Traceback" not in parley.log("gateway-1")
