"""How a client's connection is, for who shows it."""
from dataclasses import dataclass
from typing import Literal

from parley_client.errors import ParleyError


@dataclass(frozen=True, slots=True)
class Connection:
    """idle: none is needed. waiting: it was lost, and the next attempt is in `retry_in_s` seconds; `error` says why.

    refused: the server does not let this client in, as `error` says; the next stream tries again.
    """

    state: Literal["idle", "connecting", "open", "waiting", "refused", "closed"]
    retry_in_s: float | None = None
    error: ParleyError | None = None
