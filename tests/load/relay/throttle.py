"""Holds processes to a share of one core by stopping and continuing them, in turns, so that they do not compete."""
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

PERIOD_S = 0.05


@contextmanager
def held_to(share: float, pids: Sequence[int]) -> Iterator[None]:
    """In the block each process runs for so much of the time at most."""
    over = threading.Event()

    def hold(pid: int, wait_s: float) -> None:
        over.wait(wait_s)
        while not over.is_set():
            _send(pid, signal.SIGCONT)
            over.wait(PERIOD_S * share)
            _send(pid, signal.SIGSTOP)
            over.wait(PERIOD_S * (1 - share))

    threads = [threading.Thread(target=hold, args=(pid, PERIOD_S * n / len(pids))) for n, pid in enumerate(pids)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
        for pid in pids:
            _send(pid, signal.SIGCONT)


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
