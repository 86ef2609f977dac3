"""Earlier responses, wherever they are: in the relay as soon as they end, in the database once they are recorded."""
import asyncio
from collections.abc import Iterable, Sequence
from typing import Protocol

from loguru import logger

from relay.errors import RelayError
from relay.records import Record
from relay.views import JobView
from server.common.clock import Clock
from server.common.database import UNREACHABLE, brief
from server.common.errors import Code, NotFound
from server.conversations.reaching import reaching_history
from server.conversations.recorder import Fold
from server.conversations.repository import ResponseRepository
from server.conversations.schemas import StoredResponse


class Relay(Protocol):
    """What the history asks of the relay. Both raise RelayError while Redis is away."""

    async def find(self, response_id: str) -> JobView | None: ...
    async def log(self, response_id: str, after: int = -1) -> list[Record]: ...


class History:
    """Only responses that have ended, were to be stored and belong to the user who asks are there for anybody."""

    def __init__(self, relay: Relay, repository: ResponseRepository, fold: Fold, clock: Clock) -> None:
        self.relay, self.repository, self.fold, self.clock = relay, repository, fold, clock

    async def find(self, response_id: str, user: str) -> StoredResponse | None:
        """The response; None if there is none that this user may see.

        Raises Unavailable or RelayError if that cannot be known: what has just ended only the relay has.
        """
        away: RelayError | None = None
        try:
            found = await self._in_relay(response_id)
        except RelayError as error:
            found, away = None, error
        if found is None:
            found = await self._in_database(response_id)
            if found is None and away is not None:
                raise away
        elif await self._is_deleted(response_id):
            return None
        elif found.request.user != user:  # a guest's may be an account's by now, which only the database knows
            found = await self._in_database(response_id)
        return found if found is not None and found.request.user == user else None

    async def find_many(self, response_ids: Sequence[str], user: str) -> dict[str, StoredResponse]:
        """Those that `find` would find, by id. Two SQL statements at most. Raises Unavailable, RelayError."""
        away: RelayError | None = None
        found: dict[str, StoredResponse] = {}
        try:
            in_relay = await asyncio.gather(*map(self._in_relay, response_ids))
            found = {one.request.response_id: one for one in in_relay if one is not None}
        except RelayError as error:
            away = error
        missing = [name for name in response_ids if name not in found]
        deleted = await self._deleted(found) if found else set()
        with reaching_history():
            stored = await self.repository.find_many(missing) if missing else {}
        if away is not None and len(stored) < len(missing):
            raise away
        return {
            name: one for name, one in {**found, **stored}.items() if one.request.user == user and name not in deleted}

    async def runs(self, response_id: str) -> bool:
        """Whether it waits or is being made. Raises RelayError."""
        job = await self.relay.find(response_id)
        return job is not None and job.state != "ended"

    async def records(self, response_id: str) -> list[Record]:
        """The database's own record of the events of what `find` has found; none where there is none.

        Raises Unavailable.
        """
        with reaching_history():
            return await self.repository.records(response_id)

    async def delete(self, response_id: str, user: str) -> None:
        """Forget the response. Raises NotFound, Unavailable, RelayError."""
        found = await self.find(response_id, user)
        if found is None:
            raise NotFound(Code.RESPONSE_NOT_FOUND, f"There is no response `{response_id[:80]}` of yours.")
        with reaching_history():
            await self.repository.delete(found.request, self.clock.now())

    async def _in_relay(self, response_id: str) -> StoredResponse | None:
        job = await self.relay.find(response_id)
        if job is None or job.state != "ended" or not job.store:
            return None
        found = StoredResponse(job.request, self.fold(job.request, await self.relay.log(response_id)))
        return found if found.has_ended else None  # else its log was let go of between the two calls

    async def _in_database(self, response_id: str) -> StoredResponse | None:
        with reaching_history():
            return await self.repository.find(response_id)

    async def _deleted(self, response_ids: Iterable[str]) -> set[str]:
        """As `_is_deleted`."""
        try:
            return await self.repository.deleted(response_ids)
        except UNREACHABLE as error:
            logger.debug("which responses were deleted is not known: {}", brief(error))
            return set()

    async def _is_deleted(self, response_id: str) -> bool:
        """While the database is away, what the relay has is taken as not deleted: chat goes on."""
        try:
            return await self.repository.is_deleted(response_id)
        except UNREACHABLE as error:
            logger.debug("whether {} was deleted is not known: {}", response_id, brief(error))
            return False
