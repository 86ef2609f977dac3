"""Load, and what becomes of it: `python -m tests.load --url http://127.0.0.1:8000 --key KEY [SCENARIO …]`.

Without an address it starts an installation of its own, with the synthetic engine. Writes JSON and an HTML report.
"""
import argparse
import asyncio
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.load.bench import Bench, write
from tests.load.figures import Objective
from tests.load.local import installation, probe
from tests.load.pool import ClientPool
from tests.load.report import page
from tests.load.scenarios import SCENARIOS, Extent
from tests.load.terminal import Terminal, end_in_order
from tests.load.usage import Probe

OWN = "an installation of its own, synthetic engine"
TINY = Extent(seconds=1.0, per_second=(5.0,), sockets=(4,), most_sockets=2, idle=20, tokens=20, long_tokens=400)


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    add = parser.add_argument
    add("scenario", nargs="*", help=f"of {', '.join(SCENARIOS)}; all if none is named")
    add("--url", action="append", help="a gateway; several times for several. None: start an installation")
    add("--key", default="", help="an API key")
    add("--model", default="", help="a model's name, where the installation has several")
    add("--store", action="store_true", help="let the answers be saved too")
    add("--processes", type=int, default=2, help="client processes")
    add("--run-dir", type=Path, help="the `run` folder of an installation on this machine, to see its processes' use")
    add("--ttft-ms", type=float, default=1000.0, help="objective: the first token, ms")
    add("--tpot-ms", type=float, default=50.0, help="objective: each further token on average, ms")
    add("--seconds", type=float, help="time of one phase")
    add("--sockets", type=int, nargs="+", help="of fixed concurrency; the first also of long, the last of storm")
    add("--rate", type=float, nargs="+", help="answers/s of the steady rate")
    add("--most", type=int, help="sockets at which the ramp ends at last")
    add("--idle", type=int, help="idle sockets")
    add("--tokens", type=int, help="tokens of an answer")
    add("--long-tokens", type=int, help="tokens of a long answer")
    add("--tokens-per-s", type=float, default=50.0, help="of the own installation's engine, for each answer")
    add("--gateways", type=int, default=1, help="of the own installation")
    add("--tiny", action="store_true", help="a moment of everything, to see that it works")
    add("--out", type=Path, default=Path("data/bench"), help="folder of the results")
    given = parser.parse_args(words)
    if unknown := [name for name in given.scenario if name not in SCENARIOS]:
        parser.error(f"no scenario is named {unknown[0]!r}; there are {', '.join(SCENARIOS)}")
    return given


def extent(given: argparse.Namespace) -> Extent:
    """The default one, or the tiny one, with what was asked for in its place."""
    base = TINY if given.tiny else Extent()
    asked = {
        "seconds": given.seconds, "per_second": given.rate and tuple(given.rate),
        "sockets": given.sockets and tuple(given.sockets), "most_sockets": given.most, "idle": given.idle,
        "tokens": given.tokens, "long_tokens": given.long_tokens, "store": given.store or None,
        "model": given.model or None}
    return replace(base, **{name: value for name, value in asked.items() if value is not None})


async def run(given: argparse.Namespace, urls: list[str], seen: Probe, terminal: Terminal) -> int:
    objective = Objective(given.ttft_ms / 1000, given.tpot_ms / 1000)
    failed = 0
    async with ClientPool(urls, given.key, given.processes) as pool:
        bench = Bench(pool, seen, objective, tell=terminal.tell, show=terminal.show)
        report = bench.report(", ".join(urls) if given.url else OWN)
        for name in given.scenario or SCENARIOS:
            terminal.tell(f"{name}: {(SCENARIOS[name].__doc__ or '').strip()}")
            phases = report.scenarios[name] = await SCENARIOS[name](bench, extent(given))
            failed += any(not found.output_tokens_per_s and found.kind != "idle" for found in phases)
    written = write(report, given.out, "load")
    drawn = written.with_suffix(".html")
    drawn.write_text(page(report), encoding="utf-8")
    terminal.tell(f"written: {written}, and as a page: {drawn}")
    return 1 if failed else 0


def main(words: list[str] | None = None) -> int:
    """Returns the exit code: 1 where a phase brought no answer at all."""
    given = arguments(words)
    terminal = Terminal(sys.stdout)
    with ExitStack() as stack:
        if given.url:
            urls, seen = given.url, Probe.of_folder(given.run_dir) if given.run_dir else Probe()
        else:
            terminal.tell(f"starting {OWN}")
            parley = stack.enter_context(installation(gateways=given.gateways, tokens_per_s=given.tokens_per_s))
            urls, seen = parley.urls, probe(parley)
        return asyncio.run(run(given, urls, seen, terminal))


if __name__ == "__main__":
    end_in_order()
    raise SystemExit(main())
