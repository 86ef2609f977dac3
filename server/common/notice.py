"""An event for thousands: who is only to be called when it is set needs no task that waits for it."""
import asyncio
from collections.abc import Callable


class Notice(asyncio.Event):
    """Set once, and never cleared."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: set[Callable[[], None]] = set()

    def call(self, callback: Callable[[], None]) -> None:
        """Call this when it is set, or at once if it is. It must not raise."""
        if self.is_set():
            callback()
        else:
            self._calls.add(callback)

    def forget(self, callback: Callable[[], None]) -> None:
        """Who has left is not called."""
        self._calls.discard(callback)

    def set(self) -> None:
        super().set()
        while self._calls:
            self._calls.pop()()
