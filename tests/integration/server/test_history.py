"""What has ended is saved, whoever watched; and the database may be away meanwhile."""
import asyncio
import json
import signal
from collections.abc import Iterator

import httpx
import pytest

from server.common.database import Database
from server.conversations.repository import ResponseRepository
from tests.integration.server.talk import Event, expected, output_text, send, socket_to, turn, until
from tests.parley import Parley, get, metric
from tests.postgres_server import PostgresServer


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


async def row_of(parley: Parley, response_id: str) -> Event:
    """What the database of an installation has of it."""
    database = Database(f"sqlite+aiosqlite:///{parley.folder / 'parley.db'}", parley.folder / "test.lock")
    found = await ResponseRepository(database).find(response_id)
    await database.close()
    assert found is not None
    return found.response


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
    parley.forget_ended()
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


async def test_another_gateway_saves_what_a_dead_one_was_asked_for(start_parley: type[Parley]) -> None:
    parley = start_parley(gateways=2, settings={"synthetic_tokens_per_s": "100"})
    async with socket_to(parley.ws_url, key="me") as socket:
        await send(socket, input="Nobody looks [[tokens=200]]")
        response_id = (await until(socket, "response.output_text.delta"))[0]["response"]["id"]
        parley.end("gateway-1", signal.SIGKILL)
    await parley.until(lambda: metric(parley.urls[1], "parley_recorded_total") == 1, "the other to record it")
    parley.forget_ended()
    read = await row_of(parley, response_id)
    assert output_text(read) == expected("Nobody looks [[tokens=200]]")


async def test_what_a_dead_gateway_had_begun_to_save_is_taken_over(
        start_parley: type[Parley], own_postgres: PostgresServer) -> None:
    parley = start_parley(gateways=2, settings={"database_url": own_postgres.url})
    own_postgres.stop()
    texts = [f"answer {number} [[tokens=5]]" for number in range(8)]
    ids = []
    to_record, group = "parley:{0}:to_record", "recorders"

    def savers() -> int:
        return len(redis.xpending(to_record, group)["consumers"])

    with parley.redis.client() as redis:
        async with socket_to(parley.ws_urls[0]) as socket:
            ids += [(await turn(socket, text))[-1]["response"]["id"] for text in texts[:1]]
            await parley.until(lambda: savers() > 0, "one to have a claim")  # and it reads no more until that is saved
            ids += [(await turn(socket, text))[-1]["response"]["id"] for text in texts[1:]]
        await parley.until(lambda: savers() == 2, "both to have claims")
        claims = redis.xpending_range(to_record, group, "-", "+", 8)
        dead = claims[0]["consumer"].decode()
        parley.end(dead, signal.SIGKILL)
        its = [claim["message_id"] for claim in claims if claim["consumer"].decode() == dead]
        redis.xclaim(to_record, group, dead, 0, its, idle=60_000, justid=True)  # as if it had been dead for a minute
        own_postgres.start()
        left = 1 if dead == "gateway-1" else 0
        await parley.until(lambda: redis.xlen(to_record) == 0, "all to be saved")
    assert metric(parley.urls[left], "parley_recorded_total") == 8
    parley.forget_ended()
    async with httpx.AsyncClient(base_url=parley.urls[left]) as client:
        found = [(await client.get(f"/v1/responses/{response_id}")).json() for response_id in ids]
    assert [output_text(response) for response in found] == [expected(text) for text in texts]


async def test_u0000_is_a_character_like_any_other(
        start_parley: type[Parley], own_postgres: PostgresServer) -> None:
    parley = start_parley(settings={"database_url": own_postgres.url})
    text = "nul \0 within [[tokens=9]]"
    async with socket_to(parley.ws_url) as socket:
        response = (await turn(socket, text, instructions="\0", metadata={"a\0": "\0"}))[-1]["response"]
    await parley.until(lambda: has_recorded(parley, 1), "it to be recorded")
    parley.forget_ended()
    async with httpx.AsyncClient(base_url=parley.url) as client:
        path = f"/v1/responses/{response['id']}"
        assert (await client.get(path)).json() == response
        [item] = (await client.get(f"{path}/input_items")).json()["data"]
        for method, wrong in (("GET", "/v1/responses/resp_%00"), ("DELETE", "/v1/responses/%00")):
            answer = await client.request(method, wrong)
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "response_not_found")
    assert item["content"] == [{"type": "input_text", "text": text}]
    async with socket_to(parley.ws_url) as socket:
        last = (await turn(socket, "And? [[tokens=9]]", previous_response_id=response["id"]))[-1]["response"]
        [refused] = await turn(socket, "And?", previous_response_id="resp_\0")
    assert output_text(last) == expected(text, output_text(response), "And? [[tokens=9]]")
    assert refused["error"]["code"] == "previous_response_not_found"


async def test_what_was_not_to_be_stored_is_not(start_parley: type[Parley]) -> None:
    parley = start_parley()
    async with socket_to(parley.ws_url) as socket:
        response = (await turn(socket, "Once [[tokens=5]]", store=False))[-1]["response"]
        await turn(socket, "Kept [[tokens=5]]")
    await parley.until(lambda: has_recorded(parley, 1), "the other to be recorded")
    parley.forget_ended()
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
    parley.forget_ended()
    async with httpx.AsyncClient(base_url=parley.url, headers={"Authorization": "Bearer me"}) as client:
        assert (await client.get(f"/v1/responses/{second['id']}")).json() == second
    assert "Traceback" not in parley.log("gateway-1")
