"""What is counted and timed, as Prometheus reads it."""
from collections.abc import Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from relay.errors import RelayAway
from relay.events import AnyEvent, Delta, Ended, InProgress, Usage
from relay.records import Batch, Record
from relay.views import Shown, WorkerInfo
from server.health.meter import Meter
from server.health.metrics import Metrics
from tests.unit.server.clock import FakeClock


class FakeListener:
    def __init__(self) -> None:
        self.told: list[object] = []

    def on_batch(self, batch: Batch, data: bytes) -> None:
        self.told.append(batch)

    def on_up(self, new_run: bool) -> None:
        self.told.append(("up", new_run))

    def on_down(self) -> None:
        self.told.append("down")

    def shown(self) -> list[Shown]:
        return []


class FakeParts:
    """Relay, catalog and counts in one."""

    def __init__(self) -> None:
        self.up = True

    async def waiting(self) -> dict[str, int]:
        if not self.up:
            raise RelayAway
        return {"tiny": 3}

    async def workers(self) -> list[WorkerInfo]:
        return [
            WorkerInfo("a", "tiny", running=5, kv_usage=0.5, tokens_per_s=10.5),
            WorkerInfo("b", "tiny", running=2),
            WorkerInfo("c", 'odd"name', "loading"),
        ]

    def gauges(self) -> Mapping[str, tuple[str, float]]:
        return {"sockets": ("Open.", 7)}

    def counters(self) -> Mapping[str, tuple[str, float]]:
        return {"events": ("Read.", 100)}

    def errors(self) -> Mapping[str, int]:
        return {"invalid_json": 2}


def samples(text: bytes) -> dict[tuple[str, str], float]:
    """By name, and the labels' values."""
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text.decode()) for sample in family.samples}


async def test_tells_what_gateway_and_relay_know() -> None:
    parts = FakeParts()
    found = samples(await Metrics(CollectorRegistry(), parts, parts, parts).render())
    assert found["parley_relay_up", ""] == 1
    assert found["parley_sockets", ""] == 7
    assert found["parley_events_total", ""] == 100
    assert found["parley_errors_total", "invalid_json"] == 2
    assert found["parley_waiting", "tiny"] == 3
    assert found["parley_running", "tiny"] == 7
    assert found["parley_worker_tokens_per_second", "tiny"] == 10.5
    assert found["parley_workers", "tiny,ready"] == 2
    assert found["parley_workers", 'odd"name,loading'] == 1
    assert found["parley_worker_kv_usage", "a"] == 0.5
    assert ("process_resident_memory_bytes", "") in found


async def test_tells_less_while_the_relay_is_away() -> None:
    parts = FakeParts()
    parts.up = False
    found = samples(await Metrics(CollectorRegistry(), parts, parts, parts).render())
    assert found["parley_relay_up", ""] == 0
    assert found["parley_sockets", ""] == 7
    assert not [name for name, _ in found if name == "parley_waiting"]


class Timed:
    """A meter, and what it has measured."""

    def __init__(self) -> None:
        self.clock, self.listener, self.registry = FakeClock(), FakeListener(), CollectorRegistry()
        self.noted: list[tuple[str, float, float]] = []
        self.meter = Meter(self.listener, self.registry, self.clock.monotonic, self)

    def note(self, model: str, seconds: float, now: float) -> None:
        self.noted.append((model, seconds, now))

    def sees(self, *events: AnyEvent) -> None:
        self.meter.on_batch(Batch(1, 0.0, [Record("resp_0a", 1, 1, 2, list(events))]), b"")

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)


def test_times_the_first_token_and_the_others() -> None:
    timed = Timed()
    timed.meter.begin("resp_0a", "tiny")
    timed.sees(InProgress(0))
    timed.clock.at += 2
    timed.sees(Delta("a"), Delta("b"))
    timed.clock.at += 9
    timed.sees(Delta("c"), Ended("completed", 0, Usage(output_tokens=10)))
    assert timed.value("parley_time_to_first_token_seconds_sum") == 2
    assert timed.value("parley_time_per_token_seconds_sum") == 1
    assert timed.value("parley_responses_total", status="completed", reason="") == 1
    assert timed.noted == [("tiny", 11, timed.clock.monotonic())]


def test_says_nothing_of_how_long_workers_have_what_no_worker_had() -> None:
    timed = Timed()
    timed.meter.begin("resp_0a", "tiny")
    timed.clock.at += 300
    timed.sees(Ended("failed", 0, code="queue_timeout"))
    assert timed.noted == []


def test_counts_how_responses_end() -> None:
    timed = Timed()
    for end in (Ended("failed", 0, code="worker_lost"), Ended("incomplete", 0, reason="cancelled")):
        timed.meter.begin("resp_0a", "tiny")
        timed.sees(end)
    assert timed.value("parley_responses_total", status="failed", reason="worker_lost") == 1
    assert timed.value("parley_responses_total", status="incomplete", reason="cancelled") == 1
    assert timed.value("parley_time_to_first_token_seconds_count") == 0


def test_watches_only_what_this_gateway_has_submitted() -> None:
    timed = Timed()
    timed.sees(Ended("completed", 0))
    timed.meter.begin("resp_0a", "tiny")
    timed.meter.drop("resp_0a")
    timed.sees(Ended("completed", 0))
    assert timed.value("parley_responses_total", status="completed", reason="") is None


def test_passes_everything_on() -> None:
    timed = Timed()
    timed.sees(Delta("a"))
    timed.meter.on_up(True)
    timed.meter.on_down()
    assert [type(told).__name__ for told in timed.listener.told] == ["Batch", "tuple", "str"]
    assert timed.meter.shown() == []
