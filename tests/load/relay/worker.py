"""A worker as `python -m inference` makes one, but for its engine.

    python -m tests.load.relay.worker --name worker-1 --rate 20 [--spread]
"""
import argparse
import asyncio
import signal

import uvloop

from inference.settings import WorkerSettings
from inference.worker import Worker, WorkerOptions
from relay.collector import collect_seldom
from relay.environment import load_settings
from relay.log import configure
from relay.worker import WorkerRelay
from tests.load.relay.engine import StampingEngine
from tests.load.relay.ledger import NAME, Ledger

STALL_S = 3600.0  # it makes no step while nobody asks for one


async def work(name: str, rate: float, spread: bool) -> None:
    settings = load_settings(WorkerSettings)
    engine = StampingEngine(rate, spread=spread, ledger=Ledger(settings.data_dir / NAME.format(name)))
    options = WorkerOptions(name=name, deadline_s=settings.deadline_s, drain_s=0.0, stall_s=STALL_S)
    worker = Worker(engine, WorkerRelay(name, settings.relay()), options)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.drain)
    collect_seldom()
    await worker.run()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.relay.worker")
    parser.add_argument("--name", required=True)
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--spread", action="store_true")
    given = parser.parse_args()
    configure(given.name)
    uvloop.run(work(given.name, given.rate, given.spread))


if __name__ == "__main__":
    main()
