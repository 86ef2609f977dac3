"""`/metrics`: what this gateway counts, and what the relay knows of queues and workers, as Prometheus text."""
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from relay.errors import RelayError
from relay.views import WorkerInfo

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Relay(Protocol):
    @property
    def up(self) -> bool: ...
    async def waiting(self) -> dict[str, int]: ...


class Catalog(Protocol):
    async def workers(self) -> list[WorkerInfo]: ...


class Counts(Protocol):
    """What this gateway counts by itself. The counters only grow."""

    def gauges(self) -> Mapping[str, tuple[str, float]]:
        """Name without prefix: what it is, and its value."""
    def counters(self) -> Mapping[str, tuple[str, float]]: ...
    def errors(self) -> Mapping[str, int]:
        """How many errors clients were told, by code."""


@dataclass
class _Snapshot:
    """What was read for one scrape."""

    up: bool = False
    waiting: dict[str, int] = field(default_factory=dict)
    workers: list[WorkerInfo] = field(default_factory=list)


class Metrics(Collector):
    """Others may add to `registry`."""

    def __init__(self, registry: CollectorRegistry, relay: Relay, catalog: Catalog, counts: Counts) -> None:
        self.registry, self.relay, self.catalog, self.counts = registry, relay, catalog, counts
        self._snapshot = _Snapshot()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        registry.register(self)

    async def render(self) -> bytes:
        """The text for one scrape; without what the relay knows while it is away."""
        self._snapshot = _Snapshot(up=self.relay.up)
        with suppress(RelayError):  # parley_relay_up says so
            self._snapshot.waiting = await self.relay.waiting()
            self._snapshot.workers = await self.catalog.workers()
        return generate_latest(self.registry)

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("parley_relay_up", "Whether Redis can be used.", int(self._snapshot.up))
        for name, (meaning, value) in self.counts.gauges().items():
            yield GaugeMetricFamily(f"parley_{name}", meaning, value)
        for name, (meaning, value) in self.counts.counters().items():
            yield CounterMetricFamily(f"parley_{name}", meaning, value)
        errors = CounterMetricFamily("parley_errors", "Errors that clients were told, by code.", labels=["code"])
        for code, count in self.counts.errors().items():
            errors.add_metric([code], count)
        yield errors
        yield from self._of_workers()

    def _of_workers(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("parley_waiting", "Responses that wait for a worker.", labels=["model"])
        for model, count in self._snapshot.waiting.items():
            waiting.add_metric([model], count)
        running, rate = defaultdict[str, float](float), defaultdict[str, float](float)
        states = defaultdict[tuple[str, str], int](int)
        for worker in self._snapshot.workers:
            running[worker.model] += worker.running
            rate[worker.model] += worker.tokens_per_s
            states[worker.model, worker.state] += 1
        yield waiting
        yield _by_model("parley_running", "Responses that run in workers' engines.", running)
        yield _by_model("parley_worker_tokens_per_second", "Tokens that workers make each second.", rate)
        workers = GaugeMetricFamily("parley_workers", "Live workers, by state.", labels=["model", "state"])
        for (model, state), count in states.items():
            workers.add_metric([model, state], count)
        yield workers
        usage = GaugeMetricFamily("parley_worker_kv_usage", "Share of the KV cache in use.", labels=["worker"])
        for worker in self._snapshot.workers:
            usage.add_metric([worker.name], worker.kv_usage)
        yield usage


def _by_model(name: str, meaning: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=["model"])
    for model, value in values.items():
        family.add_metric([model], value)
    return family
