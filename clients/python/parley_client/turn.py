"""One response as a client follows it: how far it has come, and what to send to go on from there."""
from dataclasses import dataclass
from typing import Literal

from parley_client.errors import Event, ParleyError

State = Literal["waiting", "sent", "resting", "ended"]


@dataclass(slots=True, eq=False)
class Turn:
    """A response to make (`create`: its fields, an idempotency key among them), or to follow (`response_id`).

    waiting: for a socket and a lane. sent: under way on the socket. resting: refused for now, until `retry_at`.
    """

    create: Event | None = None
    response_id: str | None = None
    last: int = -1  # the sequence number of the last event told
    lane: str | None = None  # the lane it must have, if any
    reread: bool = False  # after a divergence read it whole, in place of failing
    state: State = "waiting"
    on_lane: str | None = None  # the lane it is in
    left: bool = False  # nobody wants its events any more
    sent_at: float | None = None
    answered: bool = False  # something of it has come since it was sent
    size: int = 0  # of the frame it was sent with
    attempt: int = 0
    retry_at: float = 0.0
    trouble_since: float | None = None
    trouble: ParleyError | None = None
    stopping: bool = False
    stop_attempt: int = 0
    stop_retry_at: float | None = None

    @property
    def parent(self) -> object:
        """The response that it continues."""
        return self.create.get("previous_response_id") if self.create else None

    def frame(self, stream_id: str) -> Event:
        """The event that begins it, or goes on where it stands."""
        if self.response_id is None:
            return {"type": "response.create", "stream_id": stream_id, **(self.create or {})}
        frame: Event = {"type": "parley:resume", "stream_id": stream_id, "response_id": self.response_id}
        return frame if self.last < 0 else {**frame, "starting_after": self.last}

    def accepts(self, event: Event) -> bool:
        """Take note of an event. False if it has been told: numbers only grow."""
        number = event.get("sequence_number")
        if isinstance(number, int):
            if number <= self.last:
                return False
            self.last = number
        response = event.get("response")
        if self.response_id is None and isinstance(response, dict):
            self.response_id = response.get("id")
        self.attempt, self.trouble_since, self.trouble = 0, None, None
        return True
