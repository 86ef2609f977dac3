"""A hub with a relay in dictionaries and a clock, which a test moves by hand."""
from typing import Any

from relay.errors import RelayAway
from relay.events import AnyEvent
from relay.job import Request
from relay.records import Record
from relay.views import JobState, JobView
from server.responses.feed import Feed
from server.responses.hub import Hub, HubSettings
from tests.unit.server.clock import FakeClock
from tests.unit.server.responses.story import arrive, told

RECORDS = told("a", "b", "c", "d")


class FakeRelay:
    """Jobs and logs in dictionaries; `calls` says what was asked, `away` makes every call fail."""

    def __init__(self) -> None:
        self.jobs: dict[str, JobView] = {}
        self.logs: dict[str, list[Record]] = {}
        self.calls: list[tuple[Any, ...]] = []
        self.away = False

    def add(self, request: Request, log: list[Record], state: JobState = "running", attempt: int = 1) -> None:
        self.logs[request.response_id] = log
        self.jobs[request.response_id] = JobView(
            request.response_id, request.user, request.model, state, attempt, 0, False, True, "", request, []
        )

    def _called(self, *call: Any) -> None:
        if self.away:
            raise RelayAway
        self.calls.append(call)

    async def log(self, response_id: str, after: int = -1) -> list[Record]:
        self._called("log", response_id, after)
        return [record for record in self.logs.get(response_id, []) if record.last > after]

    async def find(self, response_id: str) -> JobView | None:
        self._called("find", response_id)
        return self.jobs.get(response_id)

    async def follow(self, response_id: str) -> bool:
        self._called("follow", response_id)
        return response_id in self.jobs

    async def unfollow(self, response_id: str, idle_s: float = 0.0) -> None:
        self._called("unfollow", response_id, idle_s)

    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str:
        self._called("cancel", response_id, reason, terminal)
        return "ended"


class World:
    """A hub with a clock and a relay that a test moves."""

    def __init__(self) -> None:
        self.time = FakeClock()
        self.relay = FakeRelay()
        self.hub = Hub(HubSettings(), self.time)
        self.hub.use(self.relay)
        self.hub.on_up(False)

    def batch(self, *records: Record) -> None:
        arrive(self.hub, *records, at=self.time.now())

    def pass_(self, seconds: float) -> None:
        self.time.at += seconds

    async def sweeps(self, seconds: int) -> None:
        for _ in range(seconds):
            self.pass_(1.0)
            await self.hub.sweep()

    def called(self, verb: str) -> list[tuple[Any, ...]]:
        return [call for call in self.relay.calls if call[0] == verb]


def text(feed: Feed) -> str:
    return feed.transcript.items[0].parts[0].text()
