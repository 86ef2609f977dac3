"""How patient a client is. Times in seconds."""
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """`patience_s`: how long a stream's trouble may last, without anything new of it, before it fails."""

    first_delay_s: float = 0.25
    max_delay_s: float = 8.0
    patience_s: float = 60.0
    connect_timeout_s: float = 10.0
    heartbeat_s: float = 10.0  # so long after the last frame a ping is sent, while a stream is under way …
    heartbeat_timeout_s: float = 10.0  # … and so long after it the connection is given up
    max_in_flight: int = 16  # streams on the socket at once; others wait for one to end


def delay_s(options: Options, attempt: int, random: float) -> float:
    """The pause before attempt 1, 2, …: doubled each time, and any part of its second half taken off at random.

    Thousands of clients lose their connections at once when a gateway goes, and should not return at once.
    """
    longest = min(options.max_delay_s, options.first_delay_s * 2.0 ** min(attempt - 1, 30))
    return longest * (0.5 + 0.5 * random)
