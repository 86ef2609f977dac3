"""`python -m tests.chaos --streams N --seed S`: run, tell, and end with 1 where anything was not as promised."""
import argparse
import asyncio
import random
import sys
from pathlib import Path

from tests.chaos import table
from tests.chaos.faults import FAULTS
from tests.chaos.plan import LEFT
from tests.chaos.session import Wanted, chaos


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--streams", type=int, default=800)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--per-second", type=float, default=14.0, help="streams that begin in a second")
    parser.add_argument("--faults", default="", help="only these, by name, with commas between")
    parser.add_argument("--without-left", action="store_true", help=f"never {LEFT!r}")
    parser.add_argument("--logs", type=Path, help="where to keep the processes' logs of a run that failed")
    parser.add_argument("--engine", choices=("synthetic", "vllm"), default="synthetic",
                        help="vllm: a tiny model, greedy; its workers start slowly, so take few streams and faults")
    arguments = parser.parse_args()
    kinds = [kind.strip() for kind in arguments.faults.split(",") if kind.strip()] or list(FAULTS)
    if arguments.without_left:
        kinds.remove(LEFT)
    wanted = Wanted(arguments.streams, arguments.seed, arguments.per_second, tuple(kinds),
                    logs=arguments.logs, engine=arguments.engine)
    _tell(f"seed {wanted.seed}")
    outcome, verdict = asyncio.run(chaos(wanted, _tell))
    for line in table.lines(outcome, verdict):
        _tell(line)
    return 1 if verdict.faults else 0


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
