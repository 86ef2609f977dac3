"""`python -m inference` as a process: its pid file, its signals, its exit codes, its words."""
import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from relay.settings import RelaySettings
from tests.integration.worker.world import gateway, request, spoken
from tests.redis_server import RedisServer

ROOT = Path(__file__).parents[3]
LONG = "[[tokens=5000]]"


@pytest.fixture
def environment(redis_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "PARLEY_ENGINE": "synthetic",
        "PARLEY_DATA_DIR": str(tmp_path),
        "PARLEY_REDIS_URL": redis_url,
        "PARLEY_SYNTHETIC_TOKENS_PER_S": "200",
        "PARLEY_DRAIN_S": "20",
    }


def command(name: str) -> list[str]:
    return [sys.executable, "-m", "inference", "--name", name]


def refused(environment: dict[str, str], name: str = "worker-1") -> tuple[int, list[str]]:
    """Exit code and what a worker says that ends by itself."""
    ended = subprocess.run(command(name), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30)
    return ended.returncode, ended.stderr.splitlines()


@asynccontextmanager
async def process(environment: dict[str, str], name: str = "worker-1") -> AsyncIterator[asyncio.subprocess.Process]:
    running = await asyncio.create_subprocess_exec(
        *command(name), cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE)
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


async def heard(running: asyncio.subprocess.Process, words: str) -> list[str]:
    """What it says up to a line with these words."""
    assert running.stderr is not None
    lines: list[str] = []
    while not lines or words not in lines[-1]:
        line = await running.stderr.readline()
        assert line, f"it ended without saying {words!r}: {lines}"
        lines.append(line.decode())
    return lines


async def test_it_serves_and_the_first_signal_finishes_what_runs(
        environment: dict[str, str], redis_url: str, tmp_path: Path) -> None:
    asked = request(1, "[[tokens=150]]")
    pid_file = tmp_path / "run" / "worker-1.pid"
    async with gateway(RelaySettings(redis_url)) as g, process(environment) as running:
        await g.submit(asked)
        await g.said(20, asked)
        assert int(pid_file.read_text()) == running.pid
        running.send_signal(signal.SIGTERM)
        await g.ended(asked)
        assert await running.wait() == 0
        assert await g.relay.workers() == []
    assert g.text(asked) == await spoken(asked)
    assert not pid_file.exists()


async def test_what_a_stop_does_not_finish_goes_on_elsewhere(environment: dict[str, str], redis_url: str) -> None:
    asked = request(1, "[[tokens=400]]")
    async with gateway(RelaySettings(redis_url)) as g:
        async with process(environment | {"PARLEY_DRAIN_S": "0"}) as running:
            await g.submit(asked)
            await g.said(20, asked)
            running.send_signal(signal.SIGINT)
            assert await running.wait() == 0
        async with process(environment | {"PARLEY_SYNTHETIC_TOKENS_PER_S": "0"}, "worker-2"):
            await g.ended(asked)
    assert g.text(asked) == await spoken(asked)


async def test_a_killed_workers_responses_go_on_at_another(environment: dict[str, str], redis_url: str) -> None:
    asked = request(1, "[[tokens=600]]")
    async with gateway(RelaySettings(redis_url)) as g, process(environment) as first:
        await g.submit(asked)
        await g.said(20, asked)
        async with process(environment, "worker-2") as second:
            await heard(second, "registered")
            first.kill()
            await g.ended(asked)
    assert g.text(asked) == await spoken(asked)


async def test_the_second_signal_ends_it_at_once(environment: dict[str, str], redis_url: str) -> None:
    asked = request(1, LONG)
    async with gateway(RelaySettings(redis_url)) as g, process(environment) as running:
        await g.submit(asked)
        await g.said(20, asked)
        running.send_signal(signal.SIGTERM)
        await heard(running, "Stopping:")
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(2):
            assert await running.wait() == 128 + signal.SIGTERM


async def test_without_redis_it_waits_and_can_be_stopped(environment: dict[str, str], tmp_path: Path) -> None:
    async with process(environment | {"PARLEY_REDIS_URL": f"unix://{tmp_path}/none.sock"}) as running:
        await heard(running, "The relay is away")
        running.send_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            assert await running.wait() == 0


async def test_two_of_one_name_do_not_run(environment: dict[str, str]) -> None:
    async with process(environment) as running:
        await heard(running, "registered")
        code, lines = await asyncio.to_thread(refused, environment)
    assert code == 3
    assert len(lines) == 1
    assert f"worker-1 runs already (process {running.pid})" in lines[0]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PARLEY_ENGINE", "magic", "PARLEY_ENGINE 'magic' is not usable: it must be 'vllm', 'remote' or 'synthetic'."),
        ("PARLEY_DRAIN_S", "-1", "PARLEY_DRAIN_S '-1' is not usable: it must be greater than or equal to 0."),
    ],
)
def test_a_senseless_setting_is_one_sentence(environment: dict[str, str], name: str, value: str, said: str) -> None:
    assert refused(environment | {name: value}) == (2, [said])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"PARLEY_ENGINE": "remote"}, "PARLEY_ENGINE=remote is not there yet"),
        ({"PARLEY_ENGINE": "vllm", "PARLEY_MODEL": "no model"}, "PARLEY_MODEL is 'no model'"),
    ],
)
def test_an_engine_that_cannot_be_had_is_one_sentence(
        environment: dict[str, str], changed: dict[str, str], said: str) -> None:
    code, lines = refused(environment | changed)
    assert (code, len(lines)) == (2, 1)
    assert said in lines[0]


def test_a_name_that_is_no_name_is_one_sentence(environment: dict[str, str]) -> None:
    code, lines = refused(environment, "../worker")
    assert code == 2
    assert lines[0].startswith("--name '../worker' is not usable")


def test_a_data_folder_that_cannot_be_written_is_one_sentence(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file where a folder should be")
    code, lines = refused(environment)
    assert code == 2
    assert lines == ["The data folder cannot be used (File exists): make room in it, or set PARLEY_DATA_DIR."]


def test_a_redis_that_may_evict_is_one_sentence(environment: dict[str, str], own_redis: RedisServer) -> None:
    with own_redis.client() as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    code, lines = refused(environment | {"PARLEY_REDIS_URL": own_redis.url})
    assert code == 2
    assert "noeviction" in lines[-1]
