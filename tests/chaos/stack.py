"""The real thing under test: Redis, gateways and workers as processes, each of their connections through a proxy."""
import asyncio
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from relay.keys import Keys
from tests.chaos.loss import NEVER_REWRITES
from tests.chaos.proxy import Pipe, Proxy
from tests.chaos.replica import Replica
from tests.parley import Parley, get

GATEWAYS = WORKERS = 2
BACK_S = 60.0
KEYS = Keys("0")


class Stack:
    """`front[n - 1]` is the proxy before gateway n, `urls` lead through them; `back[name]` is before Redis."""

    def __init__(self, settings: dict[str, str], **arguments: Any) -> None:
        self.parley = Parley(
            gateways=GATEWAYS, workers=WORKERS, settings=settings, redis_options=NEVER_REWRITES, **arguments)
        self._sockets = Path(tempfile.mkdtemp(prefix="parley-proxies-"))
        self.front = [Proxy(partial(dial_tcp, port)) for port in self.parley.ports]
        self.back = {name: Proxy(self._dial_redis) for name in self.names}
        self.urls: list[str] = []
        self._replicas: list[Replica] = []

    @property
    def names(self) -> list[str]:
        return [f"gateway-{n + 1}" for n in range(GATEWAYS)] + [f"worker-{n + 1}" for n in range(WORKERS)]

    async def __aenter__(self) -> "Stack":
        for proxy in self.front:
            self.urls.append(f"http://127.0.0.1:{await proxy.listen_tcp()}")
        for name, proxy in self.back.items():
            path = self._sockets / name
            await proxy.listen_unix(str(path))
            self.parley.redis_urls[name] = f"unix://{path}"
        try:
            await asyncio.to_thread(self.parley.start)
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()

    async def stop(self) -> None:
        await asyncio.to_thread(self.parley.stop)
        for proxy in (*self.front, *self.back.values()):
            await proxy.close()
        for replica in self._replicas:
            await replica.stop()
        shutil.rmtree(self._sockets, ignore_errors=True)

    async def _dial_redis(self, pipe: Callable[[], Pipe]) -> None:
        await asyncio.get_running_loop().create_unix_connection(pipe, str(self.parley.redis.socket))

    async def replica(self) -> Replica:
        """A second Redis that is up to date."""
        replica = Replica(self.parley.redis, *NEVER_REWRITES)
        self._replicas.append(replica)
        await replica.follow()
        return replica

    async def fail_over(self, replica: Replica) -> None:
        """It takes the place of the Redis that has died."""
        first, self.parley.redis = self.parley.redis, replica.server
        await asyncio.to_thread(replica.promote)
        await asyncio.to_thread(shutil.rmtree, first.folder)

    def send(self, name: str, number: signal.Signals) -> int:
        """Send a signal that does not end it. Returns the process's id."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def pid(self, name: str) -> int:
        process = self.parley.redis.process if name == "redis" else self.parley.processes[name]
        assert process is not None
        return process.pid

    async def end(self, name: str, number: signal.Signals) -> int:
        """Its exit code; it is killed where the signal does not end it in time."""
        process = self.parley.processes[name]
        try:
            return await asyncio.to_thread(self.parley.end, name, number)
        except subprocess.TimeoutExpired:
            process.kill()
            return await asyncio.to_thread(process.wait)

    async def back_again(self, name: str) -> None:
        """Start a process that has ended, and wait until it takes part."""
        kind, _, number = name.partition("-")
        if kind == "gateway":
            self.parley.start_gateway(int(number))
            url = self.parley.urls[int(number) - 1]
            await self.until(lambda: get(url, "/health/live")[0] == 200)
        else:
            before = self.parley.log(name).count("registered")
            self.parley.start_worker(int(number))
            await self.until(lambda: self.parley.log(name).count("registered") > before)

    async def until(self, condition: Callable[[], bool]) -> None:
        await self.parley.until(condition, "a process to be back", max(BACK_S, self.parley.ready_s))

    async def held(self, worker: str) -> set[str]:
        """What Redis says that a worker runs; nothing where it does not answer."""
        def look() -> set[str]:
            with suppress(Exception), self.parley.redis.client() as client:
                return {member.decode() for member in client.smembers(f"{KEYS.prefix}held:{worker}")}
            return set()
        return await asyncio.to_thread(look)


def is_stopped(pid: int) -> bool:
    """Whether the process sleeps because of SIGSTOP."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


async def dial_tcp(port: int, pipe: Callable[[], Pipe]) -> object:
    return await asyncio.get_running_loop().create_connection(pipe, "127.0.0.1", port)
