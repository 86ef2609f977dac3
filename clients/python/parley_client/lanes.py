"""Which lane of the socket (`stream_id`) a turn runs in.

The server remembers the last response of each lane, for chains that are stored nowhere. So the lane that was used
longest ago is taken first, and a continuation is put where its parent was.
"""
from parley_client.turn import Turn


class Lanes:
    """At most `max_in_flight` are busy at once."""

    def __init__(self, max_in_flight: int) -> None:
        self.max_in_flight = max_in_flight
        self._busy: dict[str, Turn] = {}
        self._free: dict[str, str | None] = {}  # own lanes, in order of use, with the response each of them had last
        self._made = 0

    def take(self, turn: Turn) -> str | None:
        """A lane for this turn; None if it must wait. Two turns that name one lane must not both ask."""
        if len(self._busy) >= self.max_in_flight:
            return None
        lane = turn.lane or self._own(turn)
        self._busy[lane] = turn
        return lane

    def _own(self, turn: Turn) -> str:
        for lane, response_id in self._free.items():
            if response_id is not None and response_id == turn.parent:
                del self._free[lane]
                return lane
        if self._made < self.max_in_flight:
            self._made += 1
            return f"lane-{self._made}"
        lane = next(iter(self._free))
        del self._free[lane]
        return lane

    def find(self, lane: object) -> Turn | None:
        """The turn that runs in a lane."""
        return self._busy.get(lane) if isinstance(lane, str) else None

    def give_back(self, lane: str) -> None:
        turn = self._busy.pop(lane)
        if turn.lane is None:
            self._free[lane] = turn.response_id

    def clear(self) -> None:
        """The socket is gone, and what the server remembered of it."""
        self._busy.clear()
        self._free.clear()
        self._made = 0
