"""The client processes, as one thing that carries out a phase."""
import asyncio
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

import msgspec

from tests.load.measured import Line, Measured, Said, merge
from tests.load.phase import Order, Phase
from tests.parley import ROOT

LIMIT_BYTES = 1 << 30  # a process's results are one line


class ClientFailed(Exception):
    """A client process has ended before its time; what it said of it is on the terminal."""


class ClientPool:
    """`url` and `key` of the installation. `standing` is called when all sockets are open, before any answer."""

    def __init__(self, urls: list[str], key: str, processes: int) -> None:
        self._urls, self._key, self.processes = urls, key, processes
        self._clients: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> Self:
        for _ in range(self.processes):
            self._clients.append(await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.load.client", cwd=ROOT, limit=LIMIT_BYTES,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE))
        return self

    async def __aexit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for client in self._clients:
            if client.returncode is None:
                client.kill()
            await client.wait()

    async def run(self, phase: Phase, told: Callable[[Said], None] = lambda said: None,
                  standing: Callable[[], None] = lambda: None) -> Measured:
        """Carry the phase out. Raises ClientFailed."""
        says = [Said()] * self.processes
        ready = asyncio.Barrier(self.processes)

        async def one(number: int) -> Measured:
            client = self._clients[number]
            assert client.stdin is not None
            url = self._urls[number % len(self._urls)]
            order = Order(url, self._key, number, phase.share(number, self.processes))
            client.stdin.write(msgspec.json.encode(order) + b"\n")
            while True:
                line = await _line(client)
                if line.said is not None:
                    says[number] = line.said
                    told(sum(says, Said()))
                elif line.standing:
                    if await ready.wait() == 0:
                        standing()
                    await ready.wait()
                    client.stdin.write(b"\n")
                elif line.measured is not None:
                    return line.measured

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(number)) for number in range(self.processes)]
        return merge([task.result() for task in tasks])


async def _line(client: asyncio.subprocess.Process) -> Line:
    assert client.stdout is not None
    if not (line := await client.stdout.readline()):
        raise ClientFailed("a client process of the load generator has ended; see above")
    return msgspec.json.decode(line, type=Line)
