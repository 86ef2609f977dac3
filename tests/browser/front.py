"""One address before an installation's gateways, as people have it: passes on, and breaks on command."""
import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from tests.chaos.proxy import Pipe, Proxy
from tests.parley import Parley

PATIENCE_S = 10.0


class Front:
    """In a thread of its own, because Playwright has the test's.

    A connection goes to the first gateway of `order` that takes it (numbers from 1), or nowhere.
    """

    def __init__(self, parley: Parley) -> None:
        self.parley = parley
        self.order = list(range(1, len(parley.ports) + 1))
        self._proxy = Proxy(self._dial)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="front")

    def __enter__(self) -> Self:
        self._thread.start()
        port = asyncio.run_coroutine_threadsafe(self._proxy.listen_tcp(), self._loop).result(PATIENCE_S)
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._proxy.close(), self._loop).result(PATIENCE_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def lead_to(self, *order: int) -> None:
        """Where new connections go from now on."""
        self.order = list(order)

    def cut(self) -> int:
        """Break all that is open. Returns how many there were."""
        return self._do(self._proxy.cut)

    def silence(self) -> int:
        """What is open lets nothing through any more and does not say so, as when a cable is pulled: how many."""
        return self._do(lambda: len(self._proxy.stall()))

    def heal(self) -> None:
        """All gateways can be reached again; what was silenced is gone."""
        self.lead_to(*range(1, len(self.parley.ports) + 1))
        self._do(self._drop_silent)

    def _drop_silent(self) -> int:
        silent = [link for link in self._proxy.links if link.stalled]
        for link in silent:
            link.cut()
        return len(silent)

    def _do(self, act: Callable[[], int]) -> int:
        done: Future[int] = Future()

        def carry_out() -> None:
            try:
                done.set_result(act())
            except Exception as error:  # the test's thread is told
                done.set_exception(error)

        self._loop.call_soon_threadsafe(carry_out)
        return done.result(PATIENCE_S)

    async def _dial(self, pipe: Callable[[], Pipe]) -> None:
        """Raises ConnectionRefusedError."""
        for number in self.order:
            try:
                await asyncio.get_running_loop().create_connection(pipe, "127.0.0.1", self.parley.ports[number - 1])
            except OSError:
                continue
            return
        raise ConnectionRefusedError("no gateway takes it")
