"""What can go wrong between gateway or worker and Redis.

    RelayError              code, message, retryable; knows no HTTP
    ├── RelayAway           Redis cannot be reached, or is in its grace after a restart (retryable)
    │   ├── RelayWait       the grace: ask again in `wait_s`
    │   └── LinkLost        the connection broke under a call: whether it was executed is not known
    ├── QueueFull           too many jobs wait for the model (retryable)
    ├── TooManyInFlight     the user has too many responses that have not ended (retryable)
    ├── IdempotencyMismatch the key was used for another request
    ├── Fenced              this worker or gateway was taken back; nothing was written
    ├── Unreadable          another version of Parley wrote what was asked for
    └── RedisUnfit          a Redis that Parley must not use: it may evict, or is too old
"""


class RelayError(Exception):
    """Base of all; `message` is one sentence that may be shown to a client."""

    def __init__(self, message: str, *, code: str, retryable: bool) -> None:
        super().__init__(message)
        self.code, self.message, self.retryable = code, message, retryable


class RelayAway(RelayError):
    """Nothing can be asked of Redis now; it heals by itself."""

    def __init__(self, message: str = "The relay is not reachable; try again in a few seconds.") -> None:
        super().__init__(message, code="relay_unavailable", retryable=True)


class RelayWait(RelayAway):
    """Redis has come back and collects what it lost; ask again in `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__("The relay is recovering; try again in a few seconds.")
        self.wait_s = wait_s


class LinkLost(RelayAway):
    """The connection broke under a call, which may or may not have been executed."""


class QueueFull(RelayError):
    """As many jobs wait for the model as may."""

    def __init__(self, model: str, limit: int) -> None:
        super().__init__(
            f"{limit} requests wait for {model} already; try again later.", code="queue_full", retryable=True)


class TooManyInFlight(RelayError):
    """As many of the user's responses are in flight as may be."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} of your responses are in flight already; wait for one to end.",
            code="too_many_responses", retryable=True)


class IdempotencyMismatch(RelayError):
    """The same idempotency key came with another request."""

    def __init__(self) -> None:
        super().__init__(
            "This idempotency_key was used for a different request; use a new one.",
            code="idempotency_mismatch", retryable=False)


class Fenced(RelayError):
    """The token is void: another may hold the jobs by now. Drop them all and register."""

    def __init__(self) -> None:
        super().__init__("This process was silent and has been taken back.", code="fenced", retryable=False)


class Unreadable(RelayError):
    """It is there, and this process cannot decode it."""

    def __init__(self) -> None:
        super().__init__(
            "This response was written by another version of Parley.", code="internal_error", retryable=False)


class RedisUnfit(RelayError):
    """This Redis must not be used; the message says why, and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="redis_unfit", retryable=False)
