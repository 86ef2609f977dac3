"""A second Redis that follows the first, to take its place without what it has not heard."""
import asyncio
import shutil
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.chaos.proxy import Pipe, Proxy
from tests.redis_server import RedisServer

UP_TO_DATE_S = 30.0


class Replica:
    """`server` follows the first through `link`. `options` are redis-server's."""

    def __init__(self, first: RedisServer, *options: str) -> None:
        self._first, self._options = first, options
        self.link = Proxy(self._dial)
        self.server = RedisServer(*options)

    async def _dial(self, pipe: Callable[[], Pipe]) -> None:
        await asyncio.get_running_loop().create_unix_connection(pipe, str(self._first.socket))

    async def follow(self) -> None:
        """Start, and wait until it is up to date."""
        port = await self.link.listen_tcp()
        self.server.options = (*self._options, "--replicaof", "127.0.0.1", str(port))
        await asyncio.to_thread(self.server.start)
        self.server.options = self._options  # started again, it follows nobody
        async with asyncio.timeout(UP_TO_DATE_S):
            while not await asyncio.to_thread(self._is_up_to_date):  # noqa: ASYNC110 - another process's state
                await asyncio.sleep(0.02)

    def _is_up_to_date(self) -> bool:
        with self.server.client() as client:
            writing = any(client.info("persistence")[f"aof_rewrite_{what}"] for what in ("scheduled", "in_progress"))
            return bool(client.info("replication")["master_link_status"] == "up" and not writing)

    def promote(self) -> None:
        """It follows nobody from now on, and takes writes."""
        with self.server.client() as client:
            client.replicaof("NO", "ONE")

    async def __aenter__(self) -> Self:
        try:
            await self.follow()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()

    async def stop(self) -> None:
        """End both, and leave nothing behind."""
        await asyncio.to_thread(self.server.stop)
        await self.link.close()
        await asyncio.to_thread(shutil.rmtree, self.server.folder, ignore_errors=True)


def offset(server: RedisServer) -> int:
    """How many bytes of writes it has made, or has heard of."""
    with server.client() as client:
        info = client.info("replication")
    return int(info.get("slave_repl_offset", info["master_repl_offset"]))
