"""A clock that a test moves."""
import asyncio
from collections.abc import Callable


class FakeClock:
    def __init__(self, at: float = 1_700_000_000) -> None:
        self.at = at
        self.busy = 0.0

    def busy_s(self) -> float:
        return self.busy

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds
        await asyncio.sleep(0)

    def later(self, seconds: float, callback: Callable[[], None]) -> "asyncio.Task[None]":
        async def wait() -> None:
            await self.sleep(seconds)
            callback()

        return asyncio.create_task(wait())
