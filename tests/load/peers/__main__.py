"""Parley beside vLLM's own server and vLLM in process: `python -m tests.load.peers`; writes `data/bench/peers.json`.

Needs the worker's environment (`make bench-peers` makes it). All engines are started once for each model and stand
still when it is not their turn. On a GPU, which vLLM fills, each is started for its turn, unless told how to share it.
"""
import argparse
import sys
import tempfile
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from deploy.local.hardware import gpu_names
from inference.engine.vllm.hardware import available_memory_bytes, kv_cache_bytes
from tests.load import ratios
from tests.load.peers import models, rows
from tests.load.peers.comparison import PEERS, Comparison, Sizes, engines
from tests.load.peers.measurement import Failed
from tests.load.ratios import Ratios
from tests.load.terminal import Terminal, end_in_order

KV_SHARE = 2  # of what the worker would take, had it the machine for itself: here several live side by side
TINY = Sizes(repeat=1, seconds=1.0, streams=(4,), patience_s=0.0, quiet_cores=1000.0)


def arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load.peers", description=__doc__)
    add, usual = parser.add_argument, Sizes()
    add("--models", type=_some_of(models.TOKENS), default=list(models.USUAL), help=f"of {','.join(models.TOKENS)}")
    add("--peers", type=_some_of(PEERS), default=list(PEERS), help=f"of {','.join(PEERS)}")
    add("--repeat", type=int, help=f"how often each is measured, in turns; {usual.repeat}")
    add("--seconds", type=float, help=f"time of one measurement; {usual.seconds:g}")
    add("--streams", type=_streams, help="answers under way at once, several numbers with commas; "
        f"{','.join(map(str, usual.streams))}, and always one alone")
    add("--patience", type=float, help=f"s to wait for others on this machine, each time; {usual.patience_s:g}")
    add("--quiet", type=float, help=f"cores that others on this machine may use meanwhile; {usual.quiet_cores:g}")
    add("--restart", action="store_true", help="start each engine for its turn only")
    add("--gpu-memory-utilization", type=float, metavar="SHARE",
        help="of a GPU for each engine, so that all fit side by side; else each is started for its turn only")
    add("--tiny", action="store_true", help="a moment of everything, to see that it works")
    add("--out", type=Path, default=Path("data/bench"), help="folder of the result")
    return parser.parse_args(words)


def _some_of(known: Collection[str]) -> Callable[[str], list[str]]:
    def names(text: str) -> list[str]:
        found = text.split(",")
        if unknown := [name for name in found if name not in known]:
            raise argparse.ArgumentTypeError(f"nothing is named {unknown[0]!r}; there are {', '.join(known)}")
        return found

    return names


def _streams(text: str) -> tuple[int, ...]:
    try:
        found = tuple(dict.fromkeys(map(int, text.split(","))))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers") from None
    if min(found) < 2:
        raise argparse.ArgumentTypeError("one stream alone is measured anyway; name numbers from 2 on")
    return found


def sizes(given: argparse.Namespace) -> Sizes:
    asked = {"repeat": given.repeat, "seconds": given.seconds, "streams": given.streams, "patience_s": given.patience,
             "quiet_cores": given.quiet}
    return replace(TINY if given.tiny else Sizes(), **{name: n for name, n in asked.items() if n is not None})


def compare(name: str, given: argparse.Namespace, found: Ratios, terminal: Terminal) -> bool:
    """One model; whether every peer has a sound measurement."""
    on_gpu = bool(gpu_names())
    with tempfile.TemporaryDirectory(prefix="parley-peers-") as folder:
        terminal.show(f"  {name}: preparing the model")
        model = models.prepare(name, Path(folder), given.gpu_memory_utilization if on_gpu else None)
        kv_bytes = None if on_gpu else kv_cache_bytes(available_memory_bytes()) // KV_SHARE
        peers = engines(model, given.peers, kv_bytes)
        keep = not (given.restart or (on_gpu and given.gpu_memory_utilization is None))
        comparison = Comparison(model, peers, sizes(given), terminal, keep=keep)
        try:
            comparison.run()
        except (Failed, RuntimeError, TimeoutError) as error:  # what there is of it is worth having
            terminal.tell(f"  {name} FAILED: {error}")
    suffix = rows.suffix(name)
    more = sizes(given).streams[1:]
    found.ratios |= {f"{row}{suffix}": ratio for row, ratio in rows.compare(comparison.runs, more).items()}
    found.details |= {f"{name}_{peer}": list(taken.values()) for peer, taken in comparison.runs.items()}
    comparison.said["ceiling"] = rows.ceiling(comparison.runs)
    found.machine |= {f"{name}_{what}": text for what, text in comparison.said.items()}
    return all(comparison.runs.values())


def main(words: list[str] | None = None) -> int:
    """Returns the exit code: 1 where a peer has no sound measurement."""
    given, terminal, found = arguments(words), Terminal(sys.stdout), ratios.begun()
    found.machine["vllm"] = models.vllm_version()
    whole = [compare(name, given, found, terminal) for name in given.models]
    for line in ratios.lines(found, rows.GOALS):
        terminal.tell(line)
    terminal.tell(f"written: {ratios.write(found, given.out, 'peers')}")
    return 0 if all(whole) else 1


if __name__ == "__main__":
    end_in_order()
    raise SystemExit(main())
