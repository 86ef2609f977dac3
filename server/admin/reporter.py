"""Tells the other gateways what this one has counted and which errors it has told: every five seconds, in one write."""
from collections.abc import Sequence
from typing import Protocol

import msgspec
from loguru import logger

from relay.errors import LinkLost, RelayError
from relay.views import WorkerInfo
from server.admin.samples import STEP_S, Count, Sample, difference, encode, with_workers
from server.admission.sockets import Sockets
from server.common.clock import Clock
from server.common.recent import RecentError, RecentErrors

EARLY_S = 0.5  # a sleep may end a little before its time
MOST_KEPT = 100  # errors that are kept while Redis is away; then the oldest go

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(RecentError)


class Relay(Protocol):
    """All raise RelayError while Redis is away."""

    async def report(self, sample: bytes, failures: Sequence[bytes], refusals: Sequence[bytes]) -> None: ...
    async def waiting(self) -> dict[str, int]: ...


class Catalog(Protocol):
    async def workers(self) -> list[WorkerInfo]: ...


class Reporter:
    """What could not be told while Redis was away is in the next sample, so that no count is lost."""

    def __init__(
            self, name: str, relay: Relay, catalog: Catalog, sockets: Sockets, count: Count, recent: RecentErrors,
            clock: Clock) -> None:
        self.name, self.relay, self.catalog, self.sockets = name, relay, catalog, sockets
        self.count, self.recent, self.clock = count, recent, clock
        self._before, self._since = count(), clock.monotonic()
        self._errors: list[RecentError] = []  # not told yet

    async def run(self) -> None:
        """For ever."""
        while True:
            await self.clock.sleep(STEP_S - self.clock.now() % STEP_S)
            await self.report()

    async def report(self) -> None:
        """For the step that has just ended, by the clock that all gateways share as well as their machines do."""
        at = int((self.clock.now() + EARLY_S) // STEP_S * STEP_S)
        now, monotonic = self.count(), self.clock.monotonic()
        sample = difference(self.name, at, monotonic - self._since, self._before, now)
        sample = msgspec.structs.replace(sample, sockets=self.sockets.open)
        self._errors = [*self._errors, *self.recent.take()][-MOST_KEPT:]
        try:
            await self._tell(sample)
        except LinkLost as error:  # it may have been told: rather lost than counted twice
            logger.debug("what was counted was perhaps not told: {}", error.message)
        except RelayError as error:
            logger.debug("what was counted was not told: {}", error.message)
            return
        self._before, self._since, self._errors = now, monotonic, []

    async def _tell(self, sample: Sample) -> None:
        sample = with_workers(sample, await self.catalog.workers(), await self.relay.waiting())
        failures = [_encoder.encode(error) for error in self._errors if error.status >= 500]
        refusals = [_encoder.encode(error) for error in self._errors if error.status < 500]
        await self.relay.report(encode(sample), failures, refusals)


def decode_error(data: bytes) -> RecentError | None:
    """None for what another version has written."""
    try:
        return _decoder.decode(data)
    except msgspec.MsgspecError:
        return None
