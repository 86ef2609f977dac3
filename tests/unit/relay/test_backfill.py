"""How a gateway puts back what it has shown: many at once, since the grace does not wait."""
import asyncio
from typing import Any

from relay.gateway import BACKFILL_AT_ONCE, GatewayRelay
from relay.job import Request
from relay.link import Hello, Link
from relay.records import first_record
from relay.settings import RelaySettings
from relay.views import Shown


class Counting(GatewayRelay):
    """Notes what is sent, and how much of it is under way."""

    def __init__(self) -> None:
        super().__init__("g", RelaySettings("unix:///nowhere"), None)
        self.sent: list[str] = []
        self.under_way = self.most = 0

    def _shown(self) -> list[Shown]:
        ids = [f"resp_{n}" for n in range(150)]
        return [Shown(Request(i, user="u", model="m", created_at=1.0, input=[]), [first_record(i)]) for i in ids]

    async def backfill(self, link: Link, shown: Shown) -> bool:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        self.sent.append(shown.request.response_id)
        return True


async def test_many_are_put_back_at_once_and_each_only_once() -> None:
    relay, link = Counting(), Any
    await relay._backfill(link, Hello("run", 0.05))  # type: ignore[arg-type]
    assert relay.most == BACKFILL_AT_ONCE
    assert sorted(relay.sent) == sorted(shown.request.response_id for shown in relay._shown())
