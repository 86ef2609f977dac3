"""The time, as a part that can be replaced in tests."""
import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

SCHEDULER = Path("/proc/thread-self/schedstat")  # Linux, Documentation/scheduler/sched-stats.rst


class Timer(Protocol):
    """A call that is still to come."""

    def cancel(self) -> object: ...


class Clock(Protocol):
    """Unix time, a time that never jumps, and waiting; all in seconds."""

    def now(self) -> float: ...
    def monotonic(self) -> float: ...
    def busy_s(self) -> float:
        """How long the calling thread has run so far, or could have run had a processor been free."""
    async def sleep(self, seconds: float) -> None: ...
    def later(self, seconds: float, callback: Callable[[], None]) -> Timer: ...


class SystemClock:
    """The machine's own."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def busy_s(self) -> float:
        try:
            ran_ns, waited_ns, _ = SCHEDULER.read_bytes().split()
        except (OSError, ValueError):  # not Linux, or not told there
            return time.thread_time()
        return (int(ran_ns) + int(waited_ns)) / 1e9

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, callback)
