"""Stops responses that nobody has watched for a while and nobody could read later. What is to be stored goes on.

No gateway knows what another's viewers do, and one that has died says nothing: the relay keeps the list of what no
gateway follows, and every gateway looks at it, so that one of them is enough.
"""
from typing import Protocol

from loguru import logger

from relay.errors import RelayError
from relay.events import AnyEvent, Ended
from server.common.clock import Clock

TICK_S = 1.0


class Relay(Protocol):
    """What it asks of the relay. Both raise RelayError while Redis is away."""

    async def unwatched(self, for_s: float) -> list[str]: ...
    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str: ...


class DetachPolicy:
    """`detach_s`: for how long a `store: false` response goes on with nobody watching; 0: to its end."""

    def __init__(self, relay: Relay, clock: Clock, detach_s: float) -> None:
        self.relay, self.clock, self.detach_s = relay, clock, detach_s
        self.stopped = 0

    async def run(self) -> None:
        """For ever, each second."""
        while True:
            await self.clock.sleep(TICK_S)
            try:
                await self.apply()
            except RelayError as error:
                logger.debug("the relay cannot be asked who is watched: {}", error)

    async def apply(self) -> None:
        """Stop what is due. Somebody who came just now keeps it: the relay looks again. Raises RelayError."""
        if not self.detach_s:
            return
        for response_id in await self.relay.unwatched(self.detach_s):
            end = Ended("incomplete", self.clock.now(), reason="cancelled")
            if await self.relay.cancel(response_id, reason="detached", terminal=[end]) in ("asked", "ended"):
                self.stopped += 1
