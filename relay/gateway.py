"""The relay as a gateway sees it: submit and follow responses, read the one inbox, keep the registration alive."""
from typing import Protocol

from relay.events import AnyEvent
from relay.records import Batch, Record
from relay.settings import RelaySettings
from relay.views import JobView, Shown, Submission, Submitted, WorkerInfo

__all__ = ["GatewayRelay", "JobView", "Listener", "Shown", "Submission", "Submitted", "WorkerInfo"]


class Listener(Protocol):
    """Who is told of what arrives; called from the event loop, must not block."""

    def on_batch(self, batch: Batch) -> None: ...
    def on_up(self, new_run: bool) -> None:
        """The relay is there (again). After a new run of Redis, what was missed is in the logs."""
    def on_down(self) -> None: ...
    def shown(self) -> list[Shown]:
        """All that this gateway follows, or has shown or recorded in the last 10 s."""


class GatewayRelay:
    """One gateway's way to Redis. All calls raise RelayAway while Redis is away or in its grace; none waits for it.

    `submit` makes this gateway the first follower, and sends no batch: who submits knows the numbers 0 and 1
    (`records.first_record`). After a reconnection the relay follows again by itself what this gateway followed.
    """

    def __init__(self, name: str, settings: RelaySettings, listener: Listener | None) -> None:
        self.name, self.settings, self.listener = name, settings, listener
        self.up = False

    async def run(self) -> None:
        """For ever: connect, hello, register, renew, backfill in a grace, read the inbox, take back; reconnect.

        Raises RedisUnfit if Redis must not be used.
        """
        raise NotImplementedError

    async def submit(self, submission: Submission) -> Submitted:
        """Raises QueueFull, TooManyInFlight, IdempotencyMismatch, RelayAway."""
        raise NotImplementedError

    async def follow(self, response_id: str) -> bool:
        """This gateway gets the response's batches from now on; False if there is no such job."""
        raise NotImplementedError

    async def unfollow(self, response_id: str) -> None:
        raise NotImplementedError

    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str:
        """`ended` (it was never leased; `terminal` is written), `asked` (its worker is nudged), `gone`, `was_ended`.

        The reason `queue_timeout` acts only on a job that was never leased; another is left alone: `leased`.
        """
        raise NotImplementedError

    async def log(self, response_id: str, after: int = -1) -> list[Record]:
        """The log's records that hold numbers beyond `after`, in order; empty where there is none."""
        raise NotImplementedError

    async def find(self, response_id: str) -> JobView | None:
        raise NotImplementedError

    async def place(self, response_id: str) -> int | None:
        """How many jobs wait before it; None if it does not wait."""
        raise NotImplementedError

    async def workers(self) -> list[WorkerInfo]:
        """The live ones, by name."""
        raise NotImplementedError

    async def gateways(self) -> list[str]:
        raise NotImplementedError

    async def waiting(self) -> dict[str, int]:
        """How many jobs wait, by model."""
        raise NotImplementedError

    async def to_record(self, block_ms: int) -> list[str]:
        """Ended `store: true` responses to save; what was not `recorded` comes again. For one task only."""
        raise NotImplementedError

    async def recorded(self, response_ids: list[str]) -> None:
        """They are saved; their logs are kept an hour from now."""
        raise NotImplementedError

    async def leave(self) -> None:
        """Say goodbye; `run` returns."""
        raise NotImplementedError
