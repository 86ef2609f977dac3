"""The last hour, out of what each gateway told of it: put together when it is asked for."""
import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from server.admin.history_schemas import Counts, HistoryRead, QuantilesRead, Series
from server.admin.quantiles import quantile
from server.admin.samples import Sample, decode
from server.common.clock import Clock

SETTLED_S = 2  # after its end all gateways have told of a step
SLACK_S = 30  # between the clock of a gateway, by which steps go, and that of Redis


class Relay(Protocol):
    def reports(self, since: float) -> AsyncIterator[list[bytes]]:
        """Samples that were told after that time (Unix seconds), some at a time. Raises RelayError."""


@dataclass(slots=True)
class Step:
    """One step of time over all gateways. Of two samples that a gateway has of one the later counts for what it had."""

    tokens_per_s: dict[str, float] = field(default_factory=dict)  # by gateway, as the next two
    sockets: dict[str, int] = field(default_factory=dict)
    known: Sample | None = None  # the last that knew what all know alike
    first_token: Counter[float] = field(default_factory=Counter)
    per_token: Counter[float] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def take(self, sample: Sample) -> None:
        self.tokens_per_s[sample.gateway] = sample.tokens / sample.seconds if sample.seconds > 0 else 0.0
        self.sockets[sample.gateway] = sample.sockets
        if sample.running is not None:
            self.known = sample
        self.first_token.update(sample.first_token)
        self.per_token.update(sample.per_token)
        self.ended.update(sample.ended)
        self.failures.update(sample.failures)
        self.errors.update(sample.errors)


Steps = Mapping[int, Sequence[Step]]  # by when they end: those that are put together


class History:
    """`soon` and `per_token` are the upper ends of the buckets that times were counted in."""

    def __init__(self, relay: Relay, clock: Clock, *, soon: Sequence[float], per_token: Sequence[float]) -> None:
        self.relay, self.clock, self.soon, self.per_token = relay, clock, soon, per_token

    async def read(self, step_s: int, minutes: int, since: float) -> HistoryRead:
        """Steps of `step_s`, a multiple of the samples', that have ended after `since` and in so many minutes. Raises
        RelayError.
        """
        last = int(self.clock.now() - SETTLED_S) // step_s * step_s
        first = int(max(since, last - minutes * 60)) // step_s * step_s + step_s
        times = range(first, last + step_s, step_s) if first <= last else range(0)
        together: defaultdict[int, list[Step]] = defaultdict(list)
        if times:
            for at, step in sorted((await self._steps(first - step_s, last)).items()):
                together[-(-at // step_s) * step_s].append(step)
        return self._shown(step_s, times, together)

    async def _steps(self, after: int, last: int) -> dict[int, Step]:
        steps: defaultdict[int, Step] = defaultdict(Step)
        async for samples in self.relay.reports(after - SLACK_S):
            for data in samples:
                sample = decode(data)
                if sample is not None and after < sample.at <= last:
                    steps[sample.at].take(sample)
            await asyncio.sleep(0)  # thousands of them must not hold up others
        return dict(steps)

    def _shown(self, step_s: int, times: Sequence[int], steps: Steps) -> HistoryRead:
        def series(value: Callable[[Step], float | None]) -> Series:
            return [_mean([value(step) for step in steps.get(at, ())]) for at in times]

        return HistoryRead(
            step_s=step_s,
            at=list(times),
            tokens_per_s=series(lambda step: step.known.made_per_s if step.known else None),
            delivered_tokens_per_s=series(lambda step: sum(step.tokens_per_s.values())),
            running=series(lambda step: step.known.running if step.known else None),
            waiting=series(lambda step: step.known.waiting if step.known else None),
            sockets=series(lambda step: sum(step.sockets.values())),
            time_to_first_token_s=_quantiles(times, steps, lambda step: step.first_token, self.soon),
            time_per_output_token_s=_quantiles(times, steps, lambda step: step.per_token, self.per_token),
            responses=_counts(times, steps, lambda step: step.ended),
            failures=_counts(times, steps, lambda step: step.failures),
            errors=_counts(times, steps, lambda step: step.errors),
        )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(sum(known) / len(known), 2) if known else None


def _quantiles(
        times: Sequence[int], steps: Steps, of: Callable[[Step], Counter[float]], ends: Sequence[float]
) -> QuantilesRead:
    p50: Series = []
    p95: Series = []
    count: Counts = []
    for at in times:
        found = steps.get(at, ())
        measured = sum((of(step) for step in found), Counter[float]())
        p50.append(_rounded(quantile(measured, 0.5, ends)))
        p95.append(_rounded(quantile(measured, 0.95, ends)))
        count.append(measured.total() if found else None)
    return QuantilesRead(p50=p50, p95=p95, count=count)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 5)


def _counts(times: Sequence[int], steps: Steps, of: Callable[[Step], Counter[str]]) -> dict[str, Counts]:
    """A series for each that there was."""
    names = sorted({name for found in steps.values() for step in found for name in of(step)})
    return {name: [sum(of(step)[name] for step in steps[at]) if at in steps else None for at in times]
            for name in names}
