"""The relay's settings; gateways and workers of one cell must agree on all but the URL."""
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """Where Redis is, and the relay's limits and times."""

    url: str  # redis://, rediss:// or unix://
    cell: str = "0"  # the hash tag of all keys
    deadline_s: float = 1.5  # who has been silent for longer may be taken back
    max_crashes: int = 3  # a job is given up after so many attempts in a row that ended without a word
    max_waiting: int = 1000  # jobs in the queue of one model
    max_in_flight: int = 256  # responses of one user that have not ended
    max_queue_s: float = 300  # a job that waited for longer, and never ran, has expired
    # Batches in a gateway's inbox. Logs have all after 3 s; but where Redis stands still, and a worker dies meanwhile,
    # its last batches have aged by as much when it is taken back, and others trim.
    inbox_keep_s: float = 30
    log_keep_s: float = 600  # log and job of a `store: false` response, after its end
    log_keep_stored_s: float = 3600  # log and job of a `store: true` response, once it is recorded
    idempotency_keep_s: float = 86_400
    grace_s: float = 3  # after a restart of Redis; only backfill in its first half
    reclaim_s: float = 30  # a response that a recorder took and did not save goes to another one
    call_timeout_s: float = 5  # a call without an answer for so long means that the link is lost
