"""Writes responses that have ended to the database; one of a group, so each is saved though its gateway is gone.

What cannot be saved now is tried again for ever: the relay keeps the response and the word that it is to be saved.
"""
import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from loguru import logger

from relay.errors import RelayError
from relay.job import Request
from relay.records import Record
from relay.views import JobView
from server.common.database import UNREACHABLE, brief
from server.conversations.repository import ResponseRepository

BLOCK_MS = 1000  # how long one call waits for something to save; a stop may take as long
RETRY_S = 1.0

Fold = Callable[[Request, Iterable[Record]], dict[str, Any]]
Keep = Callable[[Request, list[Record]], None]


class Relay(Protocol):
    """What the recorder asks of the relay. All raise RelayError while Redis is away."""

    async def to_record(self, block_ms: int) -> list[str]: ...
    async def recorded(self, response_ids: list[str]) -> None: ...
    async def find(self, response_id: str) -> JobView | None: ...
    async def log(self, response_id: str, after: int = -1) -> list[Record]: ...


class Conversations(Protocol):
    """Trees of turns, of which responses are part."""

    async def end(self, request: Request, response: dict[str, Any]) -> None:
        """A response of one has ended, and is saved. Raises what a driver raises when its database is away."""


class Recorder:
    """`fold` makes the response resource of a request and the records of its log. `keep` is told of what was saved, so
    that it is put back if Redis loses it: else another end might be made, which nobody saves.
    """

    def __init__(
            self, relay: Relay, repository: ResponseRepository, conversations: Conversations, fold: Fold, keep: Keep,
    ) -> None:
        self.relay, self.repository, self.fold, self.keep = relay, repository, fold, keep
        self.conversations = conversations
        self.saved = 0
        self._stopping = False

    async def run(self) -> None:
        """Until `stop`: save what has ended."""
        left: list[str] = []
        failing = False  # said once, not each second
        while not self._stopping:
            try:
                left = left or await self.relay.to_record(BLOCK_MS)
                while left:
                    await self.record(left[0])
                    left, failing = left[1:], False
            except RelayError:
                await asyncio.sleep(RETRY_S)
            except UNREACHABLE as error:
                if not failing:
                    logger.warning("Responses cannot be saved now, trying again until they are: {}", brief(error))
                failing = True
                await asyncio.sleep(RETRY_S)

    def stop(self) -> None:
        """`run` returns once it has saved what it was given, or at the next failure."""
        self._stopping = True

    async def record(self, response_id: str) -> None:
        """Save one response and say so. Raises RelayError, and what a driver raises when its database is away."""
        job = await self.relay.find(response_id)
        if job is None:
            logger.error("Response {} is lost: it was to be saved, and the relay no longer knows it", response_id)
        elif job.store:
            await self._save(job.request, await self.relay.log(response_id))
        await self.relay.recorded([response_id])

    async def _save(self, request: Request, records: list[Record]) -> None:
        try:
            response = self.fold(request, records)
        except Exception:  # its log makes no sense, nor will it at another time; the others must be saved all the same
            logger.exception("Response {} cannot be saved", request.response_id)
            return
        await self.repository.save(request, response, records)
        if request.conversation:
            await self.conversations.end(request, response)
        self.keep(request, records)
        self.saved += 1
