"""What one client process counts while it runs."""
import asyncio
import time

from tests.load.histogram import Histogram
from tests.load.measured import Answer, Measured, Said

LOOK_S = 0.02


class Tally:
    """`lags` is how much later than asked the process's own event loop wakes: its own share in every delay."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.gaps, self.lags = Histogram(), Histogram()
        self.waits_s: list[float] = []
        self.connects_s: list[float] = []
        self.sockets = self.deltas = self.errors = self.failed_connects = 0
        self._began, self._cpu = time.monotonic(), time.process_time()

    def take(self, answer: Answer) -> None:
        self.answers.append(answer)
        self.errors += bool(answer.error)

    def said(self) -> Said:
        return Said(self.sockets, len(self.answers), self.deltas, self.errors + self.failed_connects)

    def begin(self) -> None:
        """What is measured begins now; what it took to get here is not of it."""
        self._began, self._cpu = time.monotonic(), time.process_time()
        self.lags = Histogram()

    async def watch(self) -> None:
        """For ever: note the event loop's lag."""
        while True:
            due = time.monotonic() + LOOK_S
            await asyncio.sleep(LOOK_S)
            self.lags.add(max(0.0, time.monotonic() - due))

    def measured(self) -> Measured:
        ended = time.monotonic()
        share = (time.process_time() - self._cpu) / max(1e-9, ended - self._began)
        return Measured(
            began=self._began, ended=ended, answers=self.answers, gaps=self.gaps.counts, waits_s=self.waits_s,
            connects_s=self.connects_s, failed_connects=self.failed_connects, lags=self.lags.counts, cpu=[share])
