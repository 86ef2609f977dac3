"""The relay alone, row by row: `python -m tests.load.relay [MEASUREMENT …]`; writes `data/bench/relay.json`.

The engine makes nothing but moments, so what is measured is everything else.
"""
import argparse
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.load import ratios
from tests.load.relay import rows, soundness
from tests.load.relay.quota import NoQuota
from tests.load.relay.rows import Row, Sizes
from tests.load.terminal import Terminal, end_in_order

GOALS = {
    "relay_cpu_us_per_token": "<= 6", "cost_growth_256_to_5000": "<= 1.5", "gateway_events_vs_bare_uvicorn": ">= 0.5",
    "gateway_merged_tokens_per_s": ">= 300000", "delay_p50_ms": "<= 2", "delay_p99_ms": "<= 10",
    "idle_socket_kib": "<= 25", "gateways_1_to_2": ">= 1.8"}
TINY = Sizes(seconds=0.5, responses=8, many_responses=16, sockets=4, viewers=8, viewers_rate=50.0, merging_rate=50.0,
             idle=50, merging_shares=(0.32,), held_sockets=4, held_share=0.6)


def cost(sizes: Sizes) -> Row:
    """What a token costs without engine and sockets, at few and at many responses; and in the least of relays."""
    few = rows.cost(sizes.responses, sizes.seconds)
    many = rows.cost(sizes.many_responses, sizes.seconds)
    bare = rows.bare_cost(sizes.responses, sizes.seconds, records=False)
    least = rows.bare_cost(sizes.responses, sizes.seconds, records=True)
    return (few | {f"many_{name}": value for name, value in many.items()} | {"growth": many["all"] / few["all"]}
            | {f"bare_{name}": value for name, value in bare.items()}
            | {f"least_{name}": value for name, value in least.items()})


def merged(sizes: Sizes) -> Row:
    """Tokens that go through one gateway: more than it can say one by one; at a rate at which it can; and at that rate
    with just enough of a core."""
    free, held = rows.merged(sizes, sizes.viewers_rate), _just_enough(sizes)
    return (rows.merged(sizes, sizes.merging_rate) | {f"free_{name}": value for name, value in free.items()}
            | {f"held_{name}": value for name, value in held.items()})


def _just_enough(sizes: Sizes) -> Row:
    """With the least of the shares of a core that brings a sound measurement; how much that is depends on the core.
    Empty where none does, or a share cannot be had."""
    with suppress(NoQuota):
        for share in sizes.merging_shares:
            row = rows.merged(sizes, sizes.viewers_rate, share) | {"share": share}
            if not soundness.merged_by_gateway(row):
                return row
    return {}


def delay(sizes: Sizes) -> Row:
    """From engine to socket, the responses spread evenly; and all in step."""
    step = rows.delay(sizes, spread=False)
    return rows.delay(sizes, spread=True) | {f"in_step_{name}": value for name, value in step.items()}


@dataclass(frozen=True, slots=True)
class Measurement:
    """`rows` says which of its figures, where it has it, is which row; `sound` why it is none at all, if so."""

    measure: Callable[[Sizes], Row]
    rows: dict[str, str]
    sound: soundness.Sound = soundness.always


MEASUREMENTS = {
    "cost": Measurement(
        cost, {"relay_cpu_us_per_token": "all", "cost_growth_256_to_5000": "growth"}, soundness.cost),
    "events": Measurement(rows.events, {"gateway_events_vs_bare_uvicorn": "ratio"}, soundness.events),
    "merged": Measurement(merged, {
        "gateway_merged_tokens_per_s": "tokens_per_s", "gateway_held_tokens_per_core_s": "held_per_core"},
        soundness.merged),
    "delay": Measurement(delay, {"delay_p50_ms": "p50_ms", "delay_p99_ms": "p99_ms"}, soundness.delay),
    "idle": Measurement(rows.idle, {"idle_socket_kib": "kib"}),
    "scaling": Measurement(rows.scaling, {"gateways_1_to_2": "ratio"}),
}


def arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load.relay", description=__doc__)
    parser.add_argument("measurement", nargs="*", help=f"of {', '.join(MEASUREMENTS)}; all if none is named")
    parser.add_argument("--repeat", type=int, default=3, help="how often each is measured, in turns")
    parser.add_argument("--seconds", type=float, default=Sizes().seconds, help="time of one measurement")
    parser.add_argument("--tiny", action="store_true", help="a moment of everything, to see that it works")
    parser.add_argument("--out", type=Path, default=Path("data/bench"), help="folder of the result")
    given = parser.parse_args(words)
    if unknown := [name for name in given.measurement if name not in MEASUREMENTS]:
        parser.error(f"nothing is named {unknown[0]!r}; there are {', '.join(MEASUREMENTS)}")
    return given


def main(words: list[str] | None = None) -> int:
    """Returns the exit code: 1 where a row that was asked for is missing."""
    given = arguments(words)
    sizes, terminal, found = TINY if given.tiny else Sizes(given.seconds), Terminal(sys.stdout), ratios.begun()
    wanted = {name: MEASUREMENTS[name] for name in given.measurement or MEASUREMENTS}
    sound: dict[str, list[Row]] = {name: [] for name in wanted}
    for turn in range(given.repeat):
        for name, measurement in wanted.items():
            terminal.show(f"  {name}, {turn + 1} of {given.repeat}: {(measurement.measure.__doc__ or '').strip()}")
            try:
                row = measurement.measure(sizes)
            except Exception as error:  # this measurement's end: the others are worth having without it
                terminal.tell(f"  {name:<8} FAILED: {error!r}"[:2000])
                continue
            terminal.tell(f"  {name:<8} " + "  ".join(f"{figure} {value:.4g}" for figure, value in row.items()))
            found.details.setdefault(name, []).append(row)
            if why := measurement.sound(row):
                terminal.tell(f"           left out, for this machine was too busy to measure it: {why}")
            else:
                sound[name].append(row)
    for name, taken in sound.items():
        for key, figure in wanted[name].rows.items():
            if figures := [row[figure] for row in taken if figure in row]:
                found.ratios[key] = ratios.ratio(figures)
    for line in ratios.lines(found, GOALS):
        terminal.tell(line)
    terminal.tell(f"written: {ratios.write(found, given.out, 'relay')}")
    return 0 if all(sound.values()) else 1


if __name__ == "__main__":
    end_in_order()
    raise SystemExit(main())
