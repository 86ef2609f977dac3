"""An installation whose every way to Redis leads through one proxy, to break, slow down, or lead elsewhere."""
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.chaos.proxy import Pipe, Proxy
from tests.parley import Parley

NAMES = ("gateway-1", "gateway-2", "worker-1", "worker-2")


class Way(Proxy):
    """The proxy; `socket` is where it leads."""

    def __init__(self, socket: Path) -> None:
        super().__init__(self._dial_socket)
        self.socket = socket

    async def _dial_socket(self, pipe: Callable[[], Pipe]) -> None:
        await asyncio.get_running_loop().create_unix_connection(pipe, str(self.socket))

    async def answers(self, size_bytes: int) -> None:
        """Until so much more has gone through."""
        goal = self.bytes + size_bytes
        while self.bytes < goal:  # noqa: ASYNC110 - other processes' traffic is what it waits for
            await asyncio.sleep(0.005)

    async def opens(self, links: int) -> None:
        """Until so many are open: who has just lost one comes back in a moment."""
        while len(self.links) < links:  # noqa: ASYNC110 - other processes' connections are what it waits for
            await asyncio.sleep(0.005)


@asynccontextmanager
async def behind_proxy(*redis_options: str, tokens_per_s: int = 50) -> AsyncIterator[tuple[Parley, Way]]:
    """Two gateways and two workers."""
    parley = Parley(
        gateways=2, workers=2, settings={"synthetic_tokens_per_s": str(tokens_per_s)}, redis_options=redis_options)
    way = Way(parley.redis.socket)
    path = parley.folder / "way.sock"
    await way.listen_unix(str(path))
    parley.redis_urls.update(dict.fromkeys(NAMES, f"unix://{path}"))
    try:
        await asyncio.to_thread(parley.start)
        yield parley, way
    finally:
        try:
            await asyncio.to_thread(parley.stop)
        finally:
            await way.close()
