"""The process itself: what stops its start, and how it ends."""
import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from tests.integration.server.talk import (
    Event,
    expected,
    numbers,
    receive,
    rest_of,
    send,
    socket_to,
    text_of,
    until,
    until_end,
)
from tests.parley import ROOT, Parley, free_port, get
from tests.redis_server import RedisServer

Start = Callable[..., Parley]


def run(folder: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """A gateway that is expected to end by itself: its exit code, and the last line it wrote."""
    environment = {f"PARLEY_{name.upper()}": value for name, value in {"data_dir": str(folder), **settings}.items()}
    done = subprocess.run(
        [sys.executable, "-m", "server", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=30, check=False)
    return done.returncode, done.stderr.splitlines()[-1]


def test_a_senseless_setting_stops_the_start(tmp_path: Path) -> None:
    code, said = run(tmp_path, max_sockets="none")
    assert (code, said) == (2, "PARLEY_MAX_SOCKETS 'none' is not usable: it must be a valid integer.")


def test_a_redis_that_may_evict_stops_the_start(tmp_path: Path) -> None:
    with RedisServer("--maxmemory-policy", "allkeys-lru") as redis:
        code, said = run(tmp_path, redis_url=redis.url, port=str(free_port()))
    assert code == 2
    assert said.startswith("Redis may throw keys away (maxmemory-policy is allkeys-lru)")


def test_a_port_in_use_stops_the_start(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = run(tmp_path, "--port", str(port))
    assert code == 3
    assert said == (
        f"Port {port} on 127.0.0.1 is in use; stop what listens there, or set PARLEY_PORT to another port.")


def test_a_second_gateway_of_the_same_name_stops(start_parley: Start) -> None:
    parley = start_parley()
    pid = (parley.folder / "run" / "gateway-1.pid").read_text()
    assert int(pid) == parley.processes["gateway-1"].pid
    code, said = run(parley.folder, "--port", str(free_port()))
    assert code == 3
    assert said.startswith(f"gateway-1 runs already (process {pid.strip()});")


def test_a_data_folder_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, said = run(tmp_path / "file" / "data", port=str(free_port()))
    assert code == 2
    assert "data folder cannot be used" in said


async def test_a_redis_that_becomes_unfit_ends_nothing_but_readiness(start_parley: Start) -> None:
    parley = start_parley()
    parley.end("worker-1")  # it would end of it, or not, as chance will have it
    with parley.redis.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.client_kill_filter(_type="normal", skipme=True)
    await parley.until(
        lambda: "maxmemory-policy is allkeys-lru" in str(get(parley.url, "/health/ready")[1]), "readiness to say so")
    with parley.redis.client() as client:
        client.config_set("maxmemory-policy", "noeviction")
    parley.start_worker(1)
    await asyncio.to_thread(parley.wait_ready)


async def test_a_stop_sends_clients_elsewhere_in_the_middle_of_an_answer(start_parley: Start) -> None:
    parley = start_parley(gateways=2, settings={"synthetic_tokens_per_s": "100"})
    async with socket_to(parley.ws_url) as idle, socket_to(parley.ws_url) as busy:
        await send(busy, input="Go on [[tokens=200]]")
        seen = await until(busy, "response.output_text.delta")
        parley.processes["gateway-1"].send_signal(signal.SIGTERM)
        assert await rest_of(idle) == []
        seen += await rest_of(busy)
        assert idle.close_code == busy.close_code == 1012
    assert await asyncio.to_thread(parley.processes.pop("gateway-1").wait, 10) == 0
    assert not (parley.folder / "run" / "gateway-1.pid").exists()
    query = f"?resume={seen[0]['response']['id']}&starting_after={seen[-1]['sequence_number']}"
    async with socket_to(parley.ws_urls[1], query) as socket:
        rest = await until_end(socket)
    assert numbers(seen + rest) == sorted(set(numbers(seen + rest)))
    assert text_of(seen + rest) == expected("Go on [[tokens=200]]")


async def test_a_stop_sends_readers_of_a_stream_elsewhere(start_parley: Start) -> None:
    parley = start_parley(gateways=2, settings={"synthetic_tokens_per_s": "100"})
    asked = {"input": "Go on [[tokens=200]]", "stream": True}
    seen: list[Event] = []
    async with httpx.AsyncClient() as client:
        async with client.stream("POST", f"{parley.urls[0]}/v1/responses", json=asked) as answer:
            async for line in answer.aiter_lines():
                if not line.startswith("data: "):
                    continue
                seen.append(json.loads(line.removeprefix("data: ")))
                if len(seen) == 10:
                    parley.processes["gateway-1"].send_signal(signal.SIGTERM)
        assert (seen[-1]["type"], seen[-1]["code"]) == ("error", "service_restart")
        query = f"stream=true&starting_after={seen[-1]['sequence_number']}"
        rest = await client.get(f"{parley.urls[1]}/v1/responses/{seen[0]['response']['id']}?{query}")
    lines = [line for line in rest.text.splitlines() if line.startswith("data: {")]
    events = seen[:-1] + [json.loads(line.removeprefix("data: ")) for line in lines]
    assert numbers(events) == sorted(set(numbers(events)))
    assert text_of(events) == expected("Go on [[tokens=200]]")
    assert await asyncio.to_thread(parley.processes.pop("gateway-1").wait, 10) == 0


@pytest.fixture
def redis_stands_still(start_parley: Start) -> Iterator[tuple[Parley, Callable[[], None]]]:
    """An installation whose Redis does not answer, so that what is submitted is under way; and what lets it go on."""
    parley = start_parley(gateways=2, settings={"synthetic_tokens_per_s": "100"})
    process = parley.redis.process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    yield parley, lambda: process.send_signal(signal.SIGCONT)
    process.send_signal(signal.SIGCONT)


async def test_a_stop_lets_a_turn_say_its_first_word_and_refuses_others(
        redis_stands_still: tuple[Parley, Callable[[], None]]) -> None:
    parley, let_redis_go_on = redis_stands_still
    async with socket_to(parley.ws_url) as socket:
        await send(socket, input="Go on [[tokens=200]]", stream_id="a")
        await send(socket, "parley:ping")
        assert (await receive(socket))["type"] == "parley:pong", "the turn before it has been read"
        await send(socket, input="Too late", stream_id="a")
        parley.processes["gateway-1"].send_signal(signal.SIGTERM)
        refused = await receive(socket)
        await send(socket, input="Too late", stream_id="b")
        also = await receive(socket)
        let_redis_go_on()
        seen = await rest_of(socket)
    for error, lane in ((refused, "a"), (also, "b")):
        assert (error["error"]["code"], error["status"], error["stream_id"]) == ("service_restart", 503, lane)
    assert [event["type"] for event in seen[:2]] == ["response.created", "response.queued"]
    assert socket.close_code == 1012
    query = f"?resume={seen[0]['response']['id']}&starting_after={seen[-1]['sequence_number']}"
    async with socket_to(parley.ws_urls[1], query) as socket:
        rest = await until_end(socket)
    assert text_of(seen + rest) == expected("Go on [[tokens=200]]")
    assert await asyncio.to_thread(parley.processes.pop("gateway-1").wait, 10) == 0


@asynccontextmanager
async def half_way(port: int, body: object) -> AsyncIterator[asyncio.StreamReader]:
    """A POST that the gateway has begun to read, and so will not refuse any more; and then its answer."""
    data = json.dumps(body).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        b"POST /v1/responses HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\n"
        b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(data))
    assert b"100" in await reader.readuntil(b"\r\n\r\n")
    writer.write(data)
    yield reader
    writer.close()
    await writer.wait_closed()


async def test_a_stop_lets_a_stream_say_its_first_word(
        redis_stands_still: tuple[Parley, Callable[[], None]]) -> None:
    parley, let_redis_go_on = redis_stands_still
    asked = {"input": "Go on [[tokens=200]]", "stream": True}
    async with httpx.AsyncClient(timeout=20) as client, half_way(parley.ports[0], asked) as asking:
        async with socket_to(parley.ws_url) as socket:
            parley.processes["gateway-1"].send_signal(signal.SIGTERM)
            assert await rest_of(socket) == []
        late = await client.post(f"{parley.urls[0]}/v1/responses", json=asked)
        assert (late.status_code, late.json()["error"]["code"]) == (503, "service_restart")
        assert int(late.headers["retry-after"]) > 0
        let_redis_go_on()
        answer = (await asking.read()).decode()
        lines = [line for line in answer.splitlines() if line.startswith("data: {")]
        seen = [json.loads(line.removeprefix("data: ")) for line in lines]
        assert [event["type"] for event in seen[:2]] == ["response.created", "response.queued"]
        assert (seen[-1]["type"], seen[-1]["code"]) == ("error", "service_restart")
        headers = {"Last-Event-ID": str(seen[-2]["sequence_number"])}
        path = f"/v1/responses/{seen[0]['response']['id']}?stream=true"
        rest = (await client.get(f"{parley.urls[1]}{path}", headers=headers)).text
    lines = [line for line in rest.splitlines() if line.startswith("data: {")]
    events = seen[:-1] + [json.loads(line.removeprefix("data: ")) for line in lines]
    assert numbers(events) == sorted(set(numbers(events)))
    assert text_of(events) == expected("Go on [[tokens=200]]")


async def test_while_it_stops_it_takes_nobody_and_finishes_what_it_has(start_parley: Start) -> None:
    parley = start_parley(settings={"synthetic_tokens_per_s": "50"})
    async with httpx.AsyncClient(base_url=parley.url, timeout=20) as client:
        asked = asyncio.create_task(client.post("/v1/responses", json={"input": "Finish [[tokens=100]]"}))
        with parley.redis.client() as redis:
            await parley.until(lambda: redis.scard("parley:{0}:held:worker-1") == 1, "the worker to run it")
        parley.processes["gateway-1"].send_signal(signal.SIGTERM)
        await parley.until(lambda: "gateway" in str(get(parley.url, "/health/ready")[1]), "readiness to end")
        with pytest.raises(InvalidStatus) as refused:
            async with socket_to(parley.ws_url):
                pass
        assert refused.value.response.status_code == 503
        assert (await asked).json()["status"] == "completed"
    assert await asyncio.to_thread(parley.processes.pop("gateway-1").wait, 10) == 0


async def test_a_second_signal_ends_it_at_once(start_parley: Start) -> None:
    parley = start_parley(settings={"drain_s": "60"})
    async with httpx.AsyncClient(base_url=parley.url, timeout=20) as client:
        asked = asyncio.create_task(client.post("/v1/responses", json={"input": "Long [[tokens=100000]]"}))
        with parley.redis.client() as redis:
            await parley.until(lambda: redis.scard("parley:{0}:held:worker-1") == 1, "the worker to run it")
        parley.processes["gateway-1"].send_signal(signal.SIGTERM)
        await parley.until(lambda: "gateway" in str(get(parley.url, "/health/ready")[1]), "readiness to end")
        assert await asyncio.to_thread(parley.end, "gateway-1", signal.SIGINT, 2) == 128 + signal.SIGINT
        with pytest.raises(httpx.TransportError):
            await asked
    parley.end("worker-1", signal.SIGKILL)
