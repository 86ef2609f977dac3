"""How the time of a stop is shared: workers finish first, then gateways send what came, then Redis writes its last."""
from dataclasses import dataclass

WORKERS_SHARE = 0.7  # what the workers are told; they are waited for a little longer
WORKERS_WAIT_SHARE = 0.8
GATEWAYS_SHARE = 0.1
GATEWAYS_WAIT_SHARE = 0.15


@dataclass(frozen=True)
class Drain:
    """Seconds, out of `PARLEY_DRAIN_S`; the launcher kills what is left when all of it has passed."""

    total_s: float

    @property
    def workers_s(self) -> float:
        """What a worker may take to finish or hand over."""
        return round(self.total_s * WORKERS_SHARE, 2)

    @property
    def gateways_s(self) -> float:
        return round(self.total_s * GATEWAYS_SHARE, 2)

    @property
    def workers_wait_s(self) -> int:
        """After this long supervisord kills a worker; it knows whole seconds only."""
        return max(1, round(self.total_s * WORKERS_WAIT_SHARE))

    @property
    def gateways_wait_s(self) -> int:
        return max(1, round(self.total_s * GATEWAYS_WAIT_SHARE))

    @property
    def redis_wait_s(self) -> int:
        return max(1, round(self.total_s) - self.workers_wait_s - self.gateways_wait_s)
