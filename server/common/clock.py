"""The time, as a part that can be replaced in tests."""
import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Unix time, a time that never jumps, and waiting; all in seconds."""

    def now(self) -> float: ...
    def monotonic(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own."""

    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
