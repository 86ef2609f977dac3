"""A whole installation on this machine to measure: Redis, a gateway and a worker with the synthetic engine."""
from collections.abc import Iterator
from contextlib import contextmanager

from tests.load.client import raise_file_limit
from tests.load.usage import Probe
from tests.parley import Parley

# It is to be measured, not to be guarded.
SETTINGS = {"max_in_flight": "1000000", "max_waiting": "1000000", "max_sockets": "100000"}


@contextmanager
def installation(*, gateways: int = 1, workers: int = 1, tokens_per_s: float = 50.0) -> Iterator[Parley]:
    """Runs in the block. `tokens_per_s` is for each answer; 0: as fast as it goes."""
    raise_file_limit()
    settings = SETTINGS | {"synthetic_tokens_per_s": f"{tokens_per_s:g}"}
    with Parley(gateways=gateways, workers=workers, settings=settings) as parley:
        yield parley


def probe(parley: Parley) -> Probe:
    """Its processes by role."""
    pids: dict[str, list[int]] = {}
    for name, process in parley.processes.items():
        pids.setdefault(name.partition("-")[0], []).append(process.pid)
    if parley.redis.process is not None:
        pids["redis"] = [parley.redis.process.pid]
    return Probe(pids)
