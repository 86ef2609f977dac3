"""Times and counts responses as their events come by: how soon the first token, how fast the others, how they end."""
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram

from relay.events import AnyEvent, Delta, Ended, InProgress
from relay.gateway import Listener
from relay.records import Batch
from relay.sift import endings, of_any
from relay.views import Shown

MAX_WATCHED = 100_000  # beyond it the oldest is not timed: its end may have come through the log, unseen here
SOON_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
PER_TOKEN_S = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1)


@dataclass(slots=True)
class Watched:
    """Times of `monotonic`, in seconds."""

    model: str
    submitted_at: float
    taken_at: float | None = None  # by a worker
    first_at: float | None = None
    user: str = ""


class Pace(Protocol):
    """Who wants to know how long workers have responses."""

    def note(self, model: str, seconds: float, now: float) -> None: ...


@dataclass(slots=True)
class Meter:
    """Stands between the relay and its listener, and passes everything on.

    `on_failed` is told of a response that has failed: its id, its user and its end.
    """

    listener: Listener
    registry: CollectorRegistry
    monotonic: Callable[[], float]
    pace: Pace
    on_failed: Callable[[str, str, Ended], None] = lambda response_id, user, end: None
    first_token: Histogram = field(init=False)
    per_token: Histogram = field(init=False)
    ends: Counter = field(init=False)
    _watched: dict[str, Watched] = field(init=False, default_factory=dict)
    _silent: set[str] = field(init=False, default_factory=set)  # those of them that have said nothing yet

    def __post_init__(self) -> None:
        self.first_token = Histogram(
            "parley_time_to_first_token_seconds", "From a response's submission to its first token.",
            buckets=SOON_S, registry=self.registry)
        self.per_token = Histogram(
            "parley_time_per_token_seconds", "Between two tokens of a response, averaged over it.",
            buckets=PER_TOKEN_S, registry=self.registry)
        self.ends = Counter(
            "parley_responses", "Responses that have ended, by how and why.", ["status", "reason"],
            registry=self.registry)

    def begin(self, response_id: str, model: str, user: str = "") -> None:
        """This gateway is about to submit the response, and will see its events."""
        if len(self._watched) >= MAX_WATCHED:
            self.drop(next(iter(self._watched)))
        self._watched[response_id] = Watched(model, self.monotonic(), user=user)
        self._silent.add(response_id)

    def drop(self, response_id: str) -> None:
        """It was not submitted after all."""
        self._watched.pop(response_id, None)
        self._silent.discard(response_id)

    def on_batch(self, batch: Batch, data: bytes) -> None:
        records = batch.records
        for record in [*(of_any(records, self._silent) if self._silent else ()), *endings(records)]:
            watched = self._watched.get(record.response_id)
            if watched is not None:
                self._watch(record.response_id, watched, record.events)
        self.listener.on_batch(batch, data)

    def on_up(self, new_run: bool) -> None:
        self.listener.on_up(new_run)

    def on_down(self) -> None:
        self.listener.on_down()

    def shown(self) -> list[Shown]:
        return self.listener.shown()

    def _watch(self, response_id: str, watched: Watched, events: list[AnyEvent]) -> None:
        if watched.taken_at is None and any(isinstance(event, InProgress) for event in events):
            watched.taken_at = self.monotonic()
        if watched.first_at is None and any(isinstance(event, Delta) for event in events):
            watched.first_at = self.monotonic()
            self._silent.discard(response_id)
            self.first_token.observe(watched.first_at - watched.submitted_at)
        last = events[-1]
        if isinstance(last, Ended):
            self.drop(response_id)
            self.ends.labels(last.status, last.code or last.reason).inc()
            if watched.taken_at is not None:
                self.pace.note(watched.model, self.monotonic() - watched.taken_at, self.monotonic())
            if last.status == "failed":
                self.on_failed(response_id, watched.user, last)
            tokens = last.usage.output_tokens
            if watched.first_at is not None and tokens > 1:
                self.per_token.observe((self.monotonic() - watched.first_at) / (tokens - 1))


def buckets_of(histogram: Histogram) -> dict[float, int]:
    """How many measurements fell into each bucket, by its upper end, since the start; empty ones left out."""
    found: dict[float, int] = {}
    below = 0.0
    for sample in next(iter(histogram.collect())).samples:
        if sample.name.endswith("_bucket"):
            if sample.value > below:
                found[float(sample.labels["le"])] = int(sample.value - below)
            below = sample.value
    return found


def ends_of(counter: Counter) -> dict[tuple[str, str], int]:
    """How many responses have ended, by how and why."""
    samples = next(iter(counter.collect())).samples
    return {(sample.labels["status"], sample.labels["reason"]): int(sample.value)
            for sample in samples if sample.name.endswith("_total")}
