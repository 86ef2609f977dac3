"""The relay as this gateway uses it, measured, and kept running: Redis may be away, or unfit, and be replaced."""
import asyncio
from collections.abc import Mapping, Sequence

from loguru import logger

from relay.errors import RedisUnfit
from relay.events import AnyEvent
from relay.gateway import GatewayRelay
from relay.views import JobView, Places, Submission, Submitted
from server.health.meter import Meter

RETRY_S = 5.0


class RelayWatch:
    """`fault` says what is wrong with the Redis that is there; empty if nothing is, or none is there."""

    def __init__(self, relay: GatewayRelay, meter: Meter) -> None:
        self.relay, self.meter = relay, meter
        self.fault = ""

    @property
    def up(self) -> bool:
        return self.relay.up

    async def run(self) -> None:
        """Until the relay was left. A Redis that became unfit after the start ends nothing, but nobody is served."""
        while True:
            try:
                await self.relay.run()
            except* RedisUnfit as unfit:
                self.fault = str(unfit.exceptions[0])
                logger.error("{}", self.fault)
            else:
                return
            await asyncio.sleep(RETRY_S)
            self.fault = ""

    async def submit(self, submission: Submission) -> Submitted:
        response_id = submission.request.response_id
        self.meter.begin(response_id, submission.request.model, submission.request.user)
        new = False
        try:
            submitted = await self.relay.submit(submission)
            new = submitted.new
        finally:
            if not new:
                self.meter.drop(response_id)
        return submitted

    async def find_submitted(self, user: str, key: str, request_hash: str) -> str | None:
        return await self.relay.find_submitted(user, key, request_hash)

    async def find(self, response_id: str) -> JobView | None:
        return await self.relay.find(response_id)

    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str:
        return await self.relay.cancel(response_id, reason=reason, terminal=terminal)

    async def places(self, asked: Mapping[str, Sequence[str]]) -> dict[str, Places]:
        return await self.relay.places(asked)

    async def waiting(self) -> dict[str, int]:
        return await self.relay.waiting()
