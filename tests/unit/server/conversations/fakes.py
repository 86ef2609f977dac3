"""The relay as history and recorder see it, and responses in it."""
from collections.abc import Iterable
from typing import Any

from relay.errors import RelayAway
from relay.events import Ended, EndStatus
from relay.job import Request
from relay.records import Record, first_record
from relay.views import JobState, JobView


class FakeRelay:
    def __init__(self) -> None:
        self.jobs: dict[str, JobView] = {}
        self.logs: dict[str, list[Record]] = {}
        self.to_be_recorded: list[str] = []
        self.away = False

    def add(
            self, response_id: str, *, user: str = "guest", store: bool = True,
            status: EndStatus | None = "completed") -> None:
        """A response that has ended with this status, or runs if it has none."""
        request = Request(response_id, user, "tiny", 1_700_000_000.0, [], store=store)
        state: JobState = "ended" if status else "running"
        self.jobs[response_id] = JobView(
            response_id, user, "tiny", state, 1, 0, False, store, status or "", request, [])
        self.logs[response_id] = [first_record(response_id)]
        if status:
            self.logs[response_id].append(Record(response_id, 1, 1, 1001, [Ended(status, 1_700_000_001.0)]))
            self.to_be_recorded.append(response_id)

    def forget(self, response_id: str) -> None:
        del self.jobs[response_id], self.logs[response_id]

    def _check(self) -> None:
        if self.away:
            raise RelayAway

    async def find(self, response_id: str) -> JobView | None:
        self._check()
        return self.jobs.get(response_id)

    async def log(self, response_id: str, after: int = -1) -> list[Record]:
        self._check()
        return self.logs.get(response_id, [])

    async def to_record(self, block_ms: int) -> list[str]:
        self._check()
        return list(self.to_be_recorded)

    async def recorded(self, response_ids: list[str]) -> None:
        self._check()
        for response_id in response_ids:
            self.to_be_recorded.remove(response_id)


def fold(request: Request, records: Iterable[Record]) -> dict[str, Any]:
    """As much of a resource as these tests need."""
    last = list(records)[-1].events[-1]
    return {"id": request.response_id, "status": last.status if isinstance(last, Ended) else "queued", "output": []}
