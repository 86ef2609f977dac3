"""The scenarios by name: each a few phases, of which some depend on what the last one found."""
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.load.bench import Bench
from tests.load.figures import Figures
from tests.load.phase import Kind, Phase

GROWTH = 1.1  # twice the sockets must bring so much more, or the ramp has reached its end
LEAST_GOOD = 0.5  # share of a step's answers


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of everything. `seconds` is one phase's time; tokens are an answer's."""

    seconds: float = 10.0
    per_second: tuple[float, ...] = (5.0, 20.0)
    sockets: tuple[int, ...] = (64, 256)
    most_sockets: int = 4096
    idle: int = 2000
    tokens: int = 64
    long_tokens: int = 1000
    store: bool = False
    model: str = ""

    def phase(self, name: str, kind: Kind, **fields: Any) -> Phase:
        common: dict[str, Any] = {"seconds": self.seconds, "tokens": self.tokens, "store": self.store,
                                  "model": self.model}
        return Phase(name=name, kind=kind, **common | fields)


async def steady(bench: Bench, extent: Extent) -> list[Figures]:
    """Answers asked for at random moments, so many a second."""
    return [await bench.phase(extent.phase(f"{rate:g} answers/s", "rate", per_second=rate))
            for rate in extent.per_second]


async def fixed(bench: Bench, extent: Extent) -> list[Figures]:
    """So many sockets, each always with an answer under way."""
    return [await bench.phase(extent.phase(f"{n} at once", "closed", sockets=n)) for n in extent.sockets]


async def ramp(bench: Bench, extent: Extent) -> list[Figures]:
    """Twice as many sockets each time, until that brings no more."""
    steps: list[Figures] = []
    sockets = 1
    while sockets <= extent.most_sockets:
        found = await bench.phase(extent.phase(f"{sockets} at once", "closed", sockets=sockets))
        steps.append(found)
        if len(steps) > 1 and found.output_tokens_per_s < GROWTH * steps[-2].output_tokens_per_s:
            bench.tell(f"  saturated: {sockets} sockets bring no more than {steps[-2].sockets}")
            break
        if found.good < LEAST_GOOD * found.answers:
            bench.tell(f"  too much: at {sockets} sockets fewer than half of the answers met the objective")
            break
        sockets *= 2
    return steps


async def long(bench: Bench, extent: Extent) -> list[Figures]:
    """Answers of many tokens: what one costs must not grow with its length."""
    sockets = extent.sockets[0]
    return [await bench.phase(extent.phase(
        f"{sockets} at once, {extent.long_tokens} tokens", "closed", sockets=sockets, tokens=extent.long_tokens))]


async def idle(bench: Bench, extent: Extent) -> list[Figures]:
    """Sockets that say nothing: what one costs in memory."""
    return [await bench.phase(extent.phase(f"{extent.idle} idle", "idle", sockets=extent.idle))]


async def storm(bench: Bench, extent: Extent) -> list[Figures]:
    """All connections are lost in mid-answer, and all clients come back at once."""
    sockets = extent.sockets[-1]
    return [await bench.phase(extent.phase(
        f"{sockets} come back", "storm", sockets=sockets, tokens=extent.long_tokens // 2))]


async def slow(bench: Bench, extent: Extent) -> list[Figures]:
    """Every second socket reads in a tenth of the time only; told is how the others fare."""
    sockets = extent.sockets[0]
    return [await bench.phase(extent.phase(
        f"{sockets}, half of them slow", "slow", sockets=sockets, tokens=extent.long_tokens))]


Scenario = Callable[[Bench, Extent], Awaitable[list[Figures]]]
SCENARIOS: dict[str, Scenario] = {
    "steady": steady, "fixed": fixed, "ramp": ramp, "long": long, "idle": idle, "storm": storm, "slow": slow}
