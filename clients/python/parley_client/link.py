"""The one socket of a client: whether it is there, when to try again, and whether it is alive. Does no I/O."""
from collections.abc import Callable, Sequence
from typing import Literal

from parley_client.actions import Action, Connect, Drop, Send
from parley_client.errors import ParleyError
from parley_client.frames import encode
from parley_client.options import Options, delay_s

State = Literal["idle", "connecting", "open", "waiting", "refused"]
PING = encode({"type": "parley:ping"})


class Link:
    """idle: none is needed. waiting: for the next attempt. refused: another would end alike; the next stream makes one.

    Each attempt goes to the next of `urls`, soon; only once all of them were tried does the pause grow. `error` says
    why it waits, or was refused.
    """

    def __init__(self, urls: Sequence[str], options: Options, random: Callable[[], float]) -> None:
        self.urls, self.options, self.random = urls, options, random
        self.state: State = "idle"
        self.error: ParleyError | None = None
        self.attempt = 0
        self.progress_at = 0.0  # when the server last said something that was not an error
        self.tried = 0
        self._due = 0.0  # when connecting is given up, or tried again
        self._heard_at = 0.0
        self._pinged_at: float | None = None

    def connect(self, now: float) -> list[Action]:
        url = self.urls[self.tried % len(self.urls)]
        self.state, self._due = "connecting", now + self.options.connect_timeout_s
        return [Connect(url)]

    def opened(self, now: float) -> None:
        self.state, self.error = "open", None
        self.watch(now)

    def watch(self, now: float) -> None:
        """From now on an answer is expected."""
        self._heard_at, self._pinged_at = now, None

    def heard(self, now: float, *, is_error: bool) -> None:
        self.watch(now)
        if not is_error:  # a server that can only say no has not got well by being reached
            self.attempt, self.progress_at = 0, now

    def lost(self, error: ParleyError, now: float) -> None:
        """There is no socket any more, but one is needed."""
        self.error = error
        self.tried += 1
        self.attempt += 1
        rounds, within = divmod(self.attempt, len(self.urls))
        self.state, self._due = "waiting", now + delay_s(self.options, 1 if within else rounds, self.random())

    def rest(self) -> None:
        """There is no socket, and none is needed."""
        self.state, self.attempt, self.error = "idle", 0, None

    def refused(self, error: ParleyError) -> None:
        """There is no socket, and another would end alike."""
        self.rest()
        self.state, self.error = "refused", error

    def retry_in_s(self, now: float) -> float | None:
        """How long until the next attempt; None where none is to come."""
        return max(0.0, self._due - now) if self.state == "waiting" else None

    def hurry(self, now: float) -> list[Action]:
        """The network may have come back, or gone: try at once, or see whether the socket is alive."""
        if self.state == "waiting" or (self.state == "open" and self._pinged_at is None):
            return self._do_due(now)
        return []

    def wake_at(self) -> float:
        """When to call `woke`, while something is under way: then it is not idle."""
        if self.state != "open":
            return self._due
        if self._pinged_at is None:
            return self._heard_at + self.options.heartbeat_s
        return self._pinged_at + self.options.heartbeat_timeout_s

    def woke(self, now: float) -> list[Action]:
        """What is due. A Drop means that the socket is lost."""
        return [] if now < self.wake_at() else self._do_due(now)

    def _do_due(self, now: float) -> list[Action]:
        if self.state == "waiting":
            return self.connect(now)
        if self.state == "open" and self._pinged_at is None:
            self._pinged_at = now
            return [Send(PING)]
        return [Drop()]
