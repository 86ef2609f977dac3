"""The relay as a worker sees it: lease jobs, append what they made, give them back."""
from relay.settings import RelaySettings
from relay.views import Held, Leased, Nudge, Step, WorkerInfo

__all__ = ["Held", "Leased", "Nudge", "Step", "WorkerInfo", "WorkerRelay"]


class WorkerRelay:
    """One worker's way to Redis, over one plain connection (and another for nudges). One call at a time.

    Every call may raise LinkLost (connect, then rejoin), Fenced (drop everything, then register) and RelayWait (Redis
    has restarted: nothing was written, do the same again in `wait_s`). Only `rejoin` waits by itself.
    """

    def __init__(self, name: str, settings: RelaySettings) -> None:
        self.name, self.settings = name, settings

    async def connect(self) -> bool:
        """A new connection, and hello. True if this worker was registered before, so that `rejoin` comes next.

        Raises RelayAway if Redis cannot be reached, RedisUnfit if it must not be used.
        """
        raise NotImplementedError

    async def register(self, info: WorkerInfo) -> None:
        """A fresh token. What Redis thinks that a worker of this name holds is taken back."""
        raise NotImplementedError

    async def renew(self, info: WorkerInfo) -> None:
        """Move the deadline on, and say how full this worker is. At least every third of `deadline_s`."""
        raise NotImplementedError

    async def lease(self, n: int) -> list[Leased]:
        """Up to n jobs; fewer than n does not mean that no more wait (a job that has crashed comes alone)."""
        raise NotImplementedError

    async def append(self, step: Step) -> None:
        """Write a step as a whole, and move the deadline on."""
        raise NotImplementedError

    async def release(self, held: list[Held]) -> None:
        """Give jobs back, at a token boundary, their tails to the logs; another worker goes on."""
        raise NotImplementedError

    async def rejoin(self, held: list[Held]) -> set[str]:
        """After LinkLost: which jobs this worker keeps; it must drop the others without a word.

        Then `look` at those, and state the destinations of each in the next step.
        """
        raise NotImplementedError

    async def look(self, ids: list[str]) -> dict[str, tuple[list[str], bool]]:
        """Each job's followers, and whether it is cancelled; one that is gone is missing."""
        raise NotImplementedError

    async def nudges(self, block_ms: int) -> list[Nudge]:
        """Wait for nudges, on a connection of its own; nothing after block_ms, or while Redis is away."""
        raise NotImplementedError

    async def take_back(self) -> int:
        """Take back who has been silent for too long; how many were. Each second."""
        raise NotImplementedError

    async def leave(self) -> None:
        """Say goodbye: what this worker still holds is released, and the connections are closed."""
        raise NotImplementedError
