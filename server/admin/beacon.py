"""Tells the other gateways who is connected to this one: what has changed, every two seconds, in one write."""
from collections.abc import Mapping
from typing import Protocol

from loguru import logger

from relay.errors import RelayError
from relay.overview import Holding
from server.admission.presence import Presence
from server.common.clock import Clock

EVERY_S = 2.0
MOST_AT_ONCE = 500  # of thousands that come at the same time


class Relay(Protocol):
    """Raises RelayError while Redis is away, or has taken this gateway for dead."""

    async def attend(self, before: str, after: str, changed: Mapping[str, Holding | None]) -> bool: ...


class Beacon:
    """What Redis may have lost, or was not told, is told anew as a whole."""

    def __init__(self, relay: Relay, presence: Presence, clock: Clock) -> None:
        self.relay, self.presence, self.clock = relay, presence, clock
        self._said = ""  # the name of the last word; empty: nothing counts as said
        self._number = 0

    async def run(self) -> None:
        """For ever."""
        while True:
            await self.clock.sleep(EVERY_S)
            try:
                await self.tell()
            except RelayError as error:
                self._said = ""
                logger.debug("who is connected was not told: {}", error.message)

    async def tell(self) -> None:
        """Raises RelayError. With nothing new it still asks whether what was said is there."""
        if not self._said:
            self.presence.begin_anew()
        while True:
            changes = self.presence.take_changes(MOST_AT_ONCE)
            if changes or not self._said:
                self._number += 1
            after = str(self._number)
            if not await self.relay.attend(self._said, after, changes):
                self._said = ""
                self.presence.begin_anew()
                continue
            self._said = after
            if len(changes) < MOST_AT_ONCE:
                return
