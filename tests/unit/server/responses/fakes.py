"""A relay, a history and a catalog in memory, and a gateway's responses over them with a real hub."""
import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from relay.errors import IdempotencyMismatch, RelayAway
from relay.events import AnyEvent, Ended, InProgress
from relay.job import Request
from relay.records import ATTEMPT_GAP, Record, first_record
from relay.views import JobState, JobView, Submission, Submitted
from server.common.errors import Code, NotFound
from server.responses.hub import Hub, HubSettings
from server.responses.resource import fold
from server.responses.service import ResponseService
from tests.unit.server.clock import FakeClock
from tests.unit.server.responses.story import arrive, message


class FakeRelay:
    """Jobs and logs; `tell` plays the worker. `error` is raised by every call while it is set, `errors` once each."""

    def __init__(self) -> None:
        self.hubs: list[Hub] = []
        self.requests: dict[str, Request] = {}
        self.logs: dict[str, list[Record]] = {}
        self.keys: dict[str, tuple[str, str]] = {}
        self.followed: set[str] = set()
        self.cancelled: list[str] = []
        self.error: Exception | None = None
        self.errors: list[Exception] = []
        self.submitting = asyncio.Event()  # cleared: `submit` waits
        self.submitting.set()

    def check(self) -> None:
        if self.error is not None:
            raise self.error
        if self.errors:
            raise self.errors.pop()

    async def submit(self, submission: Submission) -> Submitted:
        await self.submitting.wait()
        self.check()
        request, key = submission.request, submission.idempotency_key
        if key in self.keys:
            known, key_hash = self.keys[key]
            if key_hash != submission.request_hash:
                raise IdempotencyMismatch
            return Submitted(known, False, 0, True)
        if key:
            self.keys[key] = request.response_id, submission.request_hash
        self.requests[request.response_id] = request
        self.logs[request.response_id] = [first_record(request.response_id)]
        self.followed.add(request.response_id)
        return Submitted(request.response_id, True, 0, True)

    async def find_submitted(self, user: str, key: str, request_hash: str) -> str | None:
        self.check()
        known, key_hash = self.keys.get(key, (None, request_hash))
        if key_hash != request_hash:
            raise IdempotencyMismatch
        return known

    def ended(self, response_id: str) -> bool:
        return self.logs[response_id][-1].end is not None

    async def find(self, response_id: str) -> JobView | None:
        self.check()
        request = self.requests.get(response_id)
        if request is None:
            return None
        end = self.logs[response_id][-1].end
        state: JobState = "ended" if end else "running"
        return JobView(
            response_id, request.user, request.model, state, 1, 0, False, request.store, end.status if end else "",
            request, [])

    async def log(self, response_id: str, after: int = -1) -> list[Record]:
        self.check()
        return [record for record in self.logs.get(response_id, []) if record.last > after]

    async def follow(self, response_id: str) -> bool:
        self.check()
        self.followed.add(response_id)
        return response_id in self.requests

    async def unfollow(self, response_id: str, idle_s: float = 0.0) -> None:
        self.followed.discard(response_id)

    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str:
        self.check()
        self.cancelled.append(response_id)
        self.tell(response_id, terminal)
        return "ended"

    def tell(self, response_id: str, events: Sequence[AnyEvent]) -> None:
        """What a worker appends, in one attempt."""
        log = self.logs[response_id]
        after = log[-1].last
        first = after + (ATTEMPT_GAP if len(log) == 1 else 1)
        record = Record(response_id, 1, after, first, list(events))
        log.append(record)
        for hub in self.hubs if response_id in self.followed else []:
            arrive(hub, record)

    def answer(self, response_id: str, *texts: str, end: Ended | None = None) -> None:
        """A whole answer."""
        self.tell(response_id, [InProgress(1.0), *message(*texts), end or Ended("completed", 2.0)])


@dataclass
class Kept:
    request: Request
    response: dict[str, Any]


@dataclass
class FakeHistory:
    """What has ended and was to be stored, as the real one has it from relay and database."""

    relay: FakeRelay
    recorded: dict[str, Kept] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    events: dict[str, list[Record]] = field(default_factory=dict)

    def record(self, response_id: str) -> None:
        """From now on it is in the database only."""
        request = self.relay.requests.pop(response_id)
        self.events[response_id] = self.relay.logs.pop(response_id)
        self.recorded[response_id] = Kept(request, fold(request, self.events[response_id]))

    async def find(self, response_id: str, user: str) -> Kept | None:
        found = self.recorded.get(response_id)
        request = self.relay.requests.get(response_id)
        if self.relay.error is None and request is not None and request.store and self.relay.ended(response_id):
            found = Kept(request, fold(request, self.relay.logs[response_id]))
        return None if found is None or found.request.user != user or response_id in self.deleted else found

    async def find_many(self, response_ids: Sequence[str], user: str) -> dict[str, Kept]:
        found = {response_id: await self.find(response_id, user) for response_id in response_ids}
        return {name: kept for name, kept in found.items() if kept is not None}

    async def records(self, response_id: str) -> list[Record]:
        return self.events.get(response_id, [])

    async def delete(self, response_id: str, user: str) -> None:
        if await self.find(response_id, user) is None:
            raise NotFound(Code.RESPONSE_NOT_FOUND, "There is no such response.")
        self.deleted.add(response_id)


@dataclass
class FakePlaced:
    parent_id: str
    items: list[dict[str, Any]]


@dataclass
class FakeConversations:
    """Conversations by id: what they hold, by turn, the last one being the active branch's end."""

    held: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    begun: list[Request] = field(default_factory=list)
    error: Exception | None = None

    async def place(self, user: str, conversation_id: str, parent_id: str | None = None) -> FakePlaced:
        if self.error is not None:
            raise self.error
        if conversation_id not in self.held:
            raise NotFound(Code.CONVERSATION_NOT_FOUND, "There is no such conversation.", "conversation")
        turns = self.held[conversation_id]
        if parent_id is None:
            parent_id = list(turns)[-1] if turns else ""
        if parent_id and parent_id not in turns:
            raise NotFound(Code.TURN_NOT_FOUND, "There is no such turn.", "turn")
        return FakePlaced(parent_id, turns.get(parent_id, []))

    async def begin(self, request: Request) -> None:
        self.begun.append(request)


class FakeCatalog:
    """`able`: what its models say that they can do."""

    able: frozenset[str] | None = None

    async def capabilities(self, name: str) -> frozenset[str] | None:
        return self.able

    async def resolve(self, name: str | None) -> str:
        if name == "none":
            raise NotFound(Code.MODEL_NOT_FOUND, "There is no such model.", "model")
        if name == "bug":
            raise RuntimeError("a secret path")
        return name or "tiny"


class SlowClock(FakeClock):
    """Nobody's sleep ends before `slept` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.slept = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self.slept.wait()
        await super().sleep(seconds)


class World:
    """One gateway's responses."""

    def __init__(self, max_input_bytes: int = 10_000) -> None:
        self.clock = SlowClock()
        self.relay = FakeRelay()
        self.history = FakeHistory(self.relay)
        self.catalog = FakeCatalog()
        self.conversations = FakeConversations()
        self.hub = self.gateway()
        self.service = self.over(self.hub, max_input_bytes)

    def gateway(self) -> Hub:
        hub = Hub(HubSettings(), self.clock)
        hub.use(self.relay)
        hub.on_up(False)
        self.relay.hubs.append(hub)
        return hub

    def over(self, hub: Hub, max_input_bytes: int = 10_000) -> ResponseService:
        return ResponseService(
            relay=self.relay, hub=hub, history=self.history, conversations=self.conversations, catalog=self.catalog,
            clock=self.clock, max_input_bytes=max_input_bytes)

    @property
    def last(self) -> str:
        """The id of the newest response."""
        return list(self.relay.requests)[-1]


AWAY = RelayAway()
