"""What is still being made for somebody: of one whose account ends it is stopped."""
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from loguru import logger

from relay.errors import RelayError
from relay.events import AnyEvent, Ended
from server.common.clock import Clock


class Relay(Protocol):
    """Where it is made. Both raise RelayError while Redis is away."""

    async def responses_of(self, user: str) -> list[str]: ...
    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str: ...


Former = Callable[[str], Awaitable[Sequence[str]]]
"""Whose things have become somebody's: what these began is theirs. Raises what a database's driver does."""


class RunningEstate:
    """Responses that have not ended. The relay has them under the id of who began them, whoever that is by now."""

    def __init__(self, relay: Relay, clock: Clock, former: Former) -> None:
        self.relay, self.clock, self.former = relay, clock, former

    async def hand_over(self, owner: str, successor: str) -> None:
        """They go on, and are saved for the successor."""

    async def erase(self, owner: str) -> None:
        """While Redis is away they go on: nobody can read them any more, and at their end nothing of them is kept."""
        users = [owner, *await self.former(owner)]
        try:
            for response_id in [name for user in users for name in await self.relay.responses_of(user)]:
                end = Ended("incomplete", self.clock.now(), reason="cancelled")
                await self.relay.cancel(response_id, terminal=[end])
        except RelayError as error:
            logger.warning("responses of a deleted account go on to their ends: {}", error)
