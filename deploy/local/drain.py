"""How the time of a stop is shared: workers finish first, then gateways send what came, then Redis writes its last."""
from dataclasses import dataclass

WORKERS_SHARE = 0.75
GATEWAYS_SHARE = 0.15
HASTE = 0.3  # a process is told less than it gets, so that it ends by itself; closing an engine takes a while
MOST_HASTE_S = 5.0


@dataclass(frozen=True)
class Drain:
    """Seconds, out of `PARLEY_DRAIN_S`; the launcher kills what is left when all of it has passed.

    A `…_wait_s` is when supervisord kills a process of that kind; it knows whole seconds only.
    """

    total_s: float

    @property
    def workers_wait_s(self) -> int:
        return max(1, int(self.total_s * WORKERS_SHARE))

    @property
    def gateways_wait_s(self) -> int:
        return max(1, int(self.total_s * GATEWAYS_SHARE))

    @property
    def redis_wait_s(self) -> int:
        return max(1, int(self.total_s) - self.workers_wait_s - self.gateways_wait_s)

    @property
    def workers_s(self) -> float:
        """What a worker may take to finish or hand over."""
        return self._told(self.workers_wait_s)

    @property
    def gateways_s(self) -> float:
        """What a gateway may take to send what has come."""
        return self._told(self.gateways_wait_s)

    def _told(self, wait_s: int) -> float:
        return min(self.total_s, round(wait_s - min(MOST_HASTE_S, wait_s * HASTE), 2))
