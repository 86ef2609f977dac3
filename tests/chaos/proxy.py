"""A proxy that cuts, halves, delays and silences what goes through it, on command. Knows no protocol."""
import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable

Dial = Callable[[Callable[[], "Pipe"]], Awaitable[object]]
HIGH_WATER = 1 << 20


class Pipe(asyncio.Protocol):
    """One end of a link: what it receives goes out at the other end."""

    def __init__(self, link: "Link") -> None:
        self.link = link
        self.transport: asyncio.Transport | None = None
        self._late: deque[tuple[float, bytes]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def other(self) -> "Pipe":
        return self.link.server if self is self.link.client else self.link.client

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(HIGH_WATER)
        self.link.made(self)

    def data_received(self, data: bytes) -> None:
        proxy, link = self.link.proxy, self.link
        if link.deaf and self is link.server:
            return
        proxy.bytes += len(data)
        if link.halve and len(data) > 1:
            proxy.halved += 1
            data = b"".join([late for _, late in self._late]) + data  # nothing overtakes what waits
            self._late.clear()
            self.pass_on(data[:len(data) // 2])
            link.cut(gently=True)
        elif proxy.delay_s or self._late or link.stalled or self.other.transport is None:
            proxy.delayed += 1
            self._late.append((asyncio.get_running_loop().time() + proxy.delay_s, data))
            self.flush()
        else:
            self.pass_on(data)

    def pass_on(self, data: bytes) -> None:
        if self.other.transport is not None:
            self.other.transport.write(data)

    def flush(self) -> None:
        """Let through what is due; the rest later, in its order."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.link.stalled or self.other.transport is None:
            return
        loop = asyncio.get_running_loop()
        while self._late and self._late[0][0] <= loop.time():
            self.pass_on(self._late.popleft()[1])
        if self._late:
            self._timer = loop.call_at(self._late[0][0], self.flush)

    def pause_writing(self) -> None:
        if self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        with contextlib.suppress(RuntimeError):
            if self.other.transport is not None:
                self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self.link.stalled:  # a network that is dead does not say that the other side has gone
            self.link.cut(gently=not self._late)


class Link:
    """One connection through a proxy."""

    def __init__(self, proxy: "Proxy") -> None:
        self.proxy = proxy
        self.client, self.server = Pipe(self), Pipe(self)
        self.stalled = self.halve = self.deaf = False

    def made(self, pipe: Pipe) -> None:
        if pipe is self.client:
            self.proxy.links[self] = None
            self.proxy.dial(self)
        else:
            self.client.flush()

    def cut(self, *, gently: bool = False) -> None:
        """Both ends are closed; `gently`: what was let through before still arrives."""
        self.proxy.links.pop(self, None)
        for pipe in (self.client, self.server):
            if pipe.transport is not None and gently:
                pipe.transport.close()
            elif pipe.transport is not None:
                pipe.transport.abort()


class Proxy:
    """Listens where `listen_*` says, and passes on to what `dial_to` opens. Counts what it has done."""

    def __init__(self, dial_to: Dial) -> None:
        self._dial_to = dial_to
        self._tasks: set[asyncio.Task[None]] = set()
        self.links: dict[Link, None] = {}
        self.delay_s = 0.0
        self.bytes = self.halved = self.delayed = 0
        self._server: asyncio.Server | None = None

    async def listen_tcp(self) -> int:
        """Returns the port."""
        self._server = await asyncio.get_running_loop().create_server(self._accept, "127.0.0.1", 0, backlog=1024)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def listen_unix(self, path: str) -> None:
        self._server = await asyncio.get_running_loop().create_unix_server(self._accept, path, backlog=1024)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for link in list(self.links):
            link.cut()
        for task in list(self._tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def dial(self, link: Link) -> None:
        task = asyncio.get_running_loop().create_task(self._dial(link))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _dial(self, link: Link) -> None:
        try:
            await self._dial_to(lambda: link.server)
        except OSError:
            link.cut()

    def _accept(self) -> Pipe:
        return Link(self).client

    def cut(self) -> int:
        """Break all that is open, without a word. Returns how many."""
        links = list(self.links)
        for link in links:
            link.cut()
        return len(links)

    def halve(self) -> int:
        """Of what each open connection says next, only half arrives; then it breaks."""
        for link in self.links:
            link.halve = True
        return len(self.links)

    def deafen(self) -> int:
        """What is open now lets no answer through any more, though what is asked still arrives. Returns how many."""
        for link in self.links:
            link.deaf = True
        return len(self.links)

    def stall(self) -> list[Link]:
        """What is open now lets nothing through any more, and does not say so."""
        for link in self.links:
            link.stalled = True
        return list(self.links)

    @staticmethod
    def resume(links: list[Link]) -> None:
        """What was held back goes on, late."""
        for link in links:
            link.stalled = False
            link.client.flush()
            link.server.flush()
            if any(pipe.transport is None or pipe.transport.is_closing() for pipe in (link.client, link.server)):
                link.cut(gently=True)
