"""What a comparison found: each figure's median and spread over its repetitions, with the machine they are of."""
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from tests.load.usage import machine


class Ratio(msgspec.Struct, frozen=True):
    """One row. `low` and `high` are the least and the most of `runs`."""

    median: float
    low: float
    high: float
    runs: list[float]


class Ratios(msgspec.Struct, kw_only=True):
    """What is written. A row that was not measured is not there; `details` are the figures behind the rows."""

    started: str  # UTC
    machine: dict[str, object]
    ratios: dict[str, Ratio] = msgspec.field(default_factory=dict)
    details: dict[str, list[dict[str, float]]] = msgspec.field(default_factory=dict)


def begun() -> Ratios:
    """An empty one, for this machine and moment."""
    return Ratios(started=time.strftime("%Y-%m-%d %H:%M", time.gmtime()), machine=machine())


def ratio(runs: Sequence[float]) -> Ratio:
    """Of at least one run."""
    taken = [_digits(run) for run in runs]
    return Ratio(_digits(statistics.median(runs)), min(taken), max(taken), taken)


def _digits(value: float) -> float:
    """Four of them, which is more than any of these figures is good for."""
    return float(f"{value:.4g}")


def write(ratios: Ratios, folder: Path, name: str) -> Path:
    """As JSON; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    file.write_bytes(msgspec.json.format(msgspec.json.encode(ratios), indent=1))
    return file


def lines(ratios: Ratios, goals: dict[str, str]) -> list[str]:
    """A table for the terminal: what was found beside the goal, where there is one."""
    return [f"  {name:<32} {found.median:>10g}   {found.low:g} to {found.high:g} in {len(found.runs)}   "
            f"goal {goals.get(name, 'none')}" for name, found in ratios.ratios.items()]
