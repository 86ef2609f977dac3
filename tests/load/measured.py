"""What a client process has measured, as it is written to its parent, and the sum of several."""
from collections.abc import Sequence

import msgspec

from tests.load.histogram import Histogram


class Answer(msgspec.Struct, array_like=True, frozen=True):
    """One answer. `began` is when it should have been asked for (monotonic s); None: it did not come so far.

    `took_s` is to its terminal event. `error` is a code, or why the connection ended; empty if all was well.
    """

    began: float
    first_s: float | None
    took_s: float | None
    last_s: float | None = None  # to its last text
    tokens: int = 0
    frames: int = 0
    error: str = ""
    slow: bool = False  # of a socket that reads slowly on purpose

    @property
    def per_token_s(self) -> float | None:
        """Seconds from one token to the next, on average; None for answers of fewer than two."""
        if self.first_s is None or self.last_s is None or self.tokens < 2:
            return None
        return (self.last_s - self.first_s) / (self.tokens - 1)


class Measured(msgspec.Struct, kw_only=True):
    """`gaps` between two deltas of an answer and `lags` of the process's own event loop are histograms' counts."""

    began: float
    ended: float
    answers: list[Answer] = msgspec.field(default_factory=list)
    gaps: dict[int, int] = msgspec.field(default_factory=dict)
    waits_s: list[float] = msgspec.field(default_factory=list)  # from a lost connection to the next event
    connects_s: list[float] = msgspec.field(default_factory=list)
    failed_connects: int = 0
    lags: dict[int, int] = msgspec.field(default_factory=dict)
    cpu: list[float] = msgspec.field(default_factory=list)  # of a core, for each process


class Said(msgspec.Struct, frozen=True):
    """Where a client process stands, for the one who watches."""

    sockets: int = 0
    answers: int = 0
    deltas: int = 0
    errors: int = 0

    def __add__(self, other: "Said") -> "Said":
        return Said(self.sockets + other.sockets, self.answers + other.answers, self.deltas + other.deltas,
                    self.errors + other.errors)


class Line(msgspec.Struct, omit_defaults=True):
    """One line from a client process: how far it is, that its sockets are open, or what it has measured."""

    said: Said | None = None
    standing: bool = False
    measured: Measured | None = None


def merge(parts: Sequence[Measured]) -> Measured:
    """The sum of what several processes measured over the same time."""
    gaps, lags = Histogram(), Histogram()
    for part in parts:
        gaps.merge(Histogram(part.gaps))
        lags.merge(Histogram(part.lags))
    return Measured(
        began=min(part.began for part in parts),
        ended=max(part.ended for part in parts),
        answers=[answer for part in parts for answer in part.answers],
        gaps=gaps.counts,
        waits_s=[wait for part in parts for wait in part.waits_s],
        connects_s=[taken for part in parts for taken in part.connects_s],
        failed_connects=sum(part.failed_connects for part in parts),
        lags=lags.counts,
        cpu=[share for part in parts for share in part.cpu])
