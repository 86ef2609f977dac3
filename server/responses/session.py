"""One WebSocket as a state machine: frames in, actions out. It does no I/O and knows no time but what it is told.

Turns without `stream_id` run one after another; each `stream_id` is a lane of its own beside them. A turn that has been
accepted answers in its lane's order, with an error too. What is no turn (bad JSON, unknown events) is answered at once.
"""
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from server.common.errors import ApiError, BadRequest, Code, LimitReached, TooLarge, Unavailable
from server.common.filters import RESTART, TABLE, socket_frame
from server.responses.chains import Chains, Past
from server.responses.frames import (
    event_of,
    kind_of,
    number_of,
    only_fields,
    query_number,
    response_id_of,
    stream_id_of,
)
from server.responses.mappers import request_hash
from server.responses.schemas import parse_turn
from server.responses.turns import Action, Cancel, Close, Send, Start, Turn


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """Bounds of one socket. Sizes in bytes, times in seconds."""

    max_message_bytes: int = 1024 * 1024
    max_lanes: int = 32
    max_in_flight_lanes: int = 16
    max_queued_turns: int = 8  # that wait in one lane …
    max_queued_bytes: int = 4 * 1024 * 1024  # … and what all of the socket's hold: beyond either a turn is refused
    max_chain_bytes: int = 8 * 1024 * 1024
    max_age_s: float = 3600


@dataclass(slots=True)
class Lane:
    """Turns of one `stream_id`, or those without."""

    running: Turn | None = None
    waiting: deque[Turn] = field(default_factory=deque)


class Session:
    """The state of one socket: its lanes, and what it remembers for chains."""

    def __init__(self, limits: SessionLimits) -> None:
        self.limits = limits
        self.chains = Chains(limits.max_chain_bytes)
        self.queued_bytes = 0
        self._lanes: dict[str | None, Lane] = {}
        self._unannounced: set[Turn] = set()  # being made: their clients do not know yet what to resume
        self._draining = False

    def receive_bytes(self, data: bytes) -> list[Action]:
        """A binary frame. (Text that is not UTF-8 never gets here: the protocol closes such a socket with 1007.)"""
        return self.refused(BadRequest(Code.BINARY_FRAME, "Send events as text frames; this one was binary."), None)

    def receive_text(self, text: str) -> list[Action]:
        """A text frame: one event."""
        lane: str | None = None
        try:
            self._check_size(text)
            event = event_of(text)
            lane = stream_id_of(event)
            return _HANDLERS[kind_of(event)](self, event, lane, len(text))
        except ApiError as error:
            return self.refused(error, lane)

    def resume(self, response_id: str, starting_after: str | None) -> list[Action]:
        """What the query of the upgrade asks for, before any frame."""
        event: dict[str, Any] = {"type": "parley:resume", "response_id": response_id}
        try:
            if starting_after is not None:
                event["starting_after"] = query_number(starting_after)
            return self._resume(event, None, 0)
        except ApiError as error:
            return self.refused(error, None)

    def announced(self, turn: Turn) -> list[Action]:
        """The client has been told which response the turn is."""
        self._unannounced.discard(turn)
        return self._close_if_restarted()

    def ended(self, turn: Turn, past: Past | None) -> list[Action]:
        """The turn's terminal event has been sent. `past` is what can be continued; None: the response has failed."""
        if past is not None:
            self.chains.remember(turn.lane, past)
        elif turn.parent is not None:
            self.chains.evict(turn.parent)
        return self._next(turn)

    def failed(self, turn: Turn, error: ApiError) -> list[Action]:
        """The turn came to nothing. It takes what it continued with it, unless it may simply be sent again."""
        if turn.parent is not None and not error.retryable:
            self.chains.evict(turn.parent)
        return [*self.refused(error, turn.lane), *self._next(turn)]

    def refused(self, error: ApiError, lane: str | None) -> list[Action]:
        """Tell an error; it ends nothing else, unless it is one that closes the socket."""
        code = TABLE[error.code].close
        told: list[Action] = [Send(socket_frame(error, lane))]
        # A gateway that stops closes by itself, when nobody waits for a first word any more.
        return told if code in (None, RESTART) else [*told, Close(code, error.code.value)]

    def expired(self) -> list[Action]:
        """The connection has reached its age."""
        minutes = self.limits.max_age_s / 60
        error = LimitReached(
            Code.WEBSOCKET_CONNECTION_LIMIT_REACHED,
            f"A connection lasts {minutes:g} minutes; connect again and resume what is under way.",
        )
        return self.refused(error, None)

    def restarted(self) -> list[Action]:
        """The gateway stops, another takes over: turns that wait are refused, and so is what still comes. The socket
        closes once each turn that is being made has said its first word, for only then can it be resumed.
        """
        self._draining = True
        refused: list[Action] = []
        for stream_id, lane in self._lanes.items():
            refused += [action for _ in lane.waiting for action in self.refused(_restart(), stream_id)]
            lane.waiting.clear()
        self.queued_bytes = 0
        return [*refused, *self._close_if_restarted()]

    def abandoned(self) -> list[Action]:
        """The gateway cannot wait any longer."""
        return [Close(RESTART, Code.SERVICE_RESTART.value)]

    def _close_if_restarted(self) -> list[Action]:
        return self.abandoned() if self._draining and not self._unannounced else []

    def _create(self, event: dict[str, Any], lane: str | None, size: int) -> list[Action]:
        parent = event.get("previous_response_id")
        turn = Turn(lane, parent=parent if isinstance(parent, str) else None, size_bytes=size)
        body = {name: value for name, value in event.items() if name not in ("type", "stream_id", "stream")}
        try:
            turn.create = parse_turn(body)
        except ApiError as error:
            turn.error = error
        else:
            turn.hash = request_hash(body) if turn.create.idempotency_key else ""
        return self._enqueue(turn)

    def _resume(self, event: dict[str, Any], lane: str | None, size: int) -> list[Action]:
        only_fields(event, "response_id", "starting_after")
        return self._enqueue(
            Turn(lane, response_id=response_id_of(event), after=number_of(event), size_bytes=size)
        )

    def _cancel(self, event: dict[str, Any], lane: str | None, size: int) -> list[Action]:
        only_fields(event, "response_id")
        return [Cancel(response_id_of(event), lane)]

    def _ping(self, event: dict[str, Any], lane: str | None, size: int) -> list[Action]:
        """A browser cannot send a ping of the WebSocket protocol, nor see one, so there is one of ours."""
        only_fields(event)
        pong = {"type": "parley:pong"}
        return [Send(pong if lane is None else {**pong, "stream_id": lane})]

    def _enqueue(self, turn: Turn) -> list[Action]:
        """Run it now, or after those before it. Raises what is over a limit: such a turn was never accepted."""
        if self._draining:
            raise _restart()
        lane = self._lanes.get(turn.lane)
        if lane is None:
            lane = self._open_lane(turn.lane)
        if lane.running is None:
            self._check_in_flight(turn.lane)
            self._lanes[turn.lane] = lane
            lane.running = turn
            return self._begin(turn)
        if len(lane.waiting) >= self.limits.max_queued_turns or (
            self.queued_bytes + turn.size_bytes > self.limits.max_queued_bytes
        ):
            raise LimitReached(Code.TOO_MANY_QUEUED_TURNS, "Too many turns wait on this socket; let some of them end.")
        self.queued_bytes += turn.size_bytes
        lane.waiting.append(turn)
        return []

    def _open_lane(self, stream_id: str | None) -> Lane:
        if stream_id is not None and len(self._lanes) - (None in self._lanes) >= self.limits.max_lanes:
            raise BadRequest(
                Code.TOO_MANY_LANES,
                f"A socket has at most {self.limits.max_lanes} lanes; use one that you have, or another socket.",
                "stream_id",
            )
        return Lane()

    def _check_in_flight(self, stream_id: str | None) -> None:
        busy = sum(lane.running is not None for key, lane in self._lanes.items() if key is not None)
        if stream_id is not None and busy >= self.limits.max_in_flight_lanes:
            raise LimitReached(
                Code.TOO_MANY_IN_FLIGHT_LANES,
                f"{self.limits.max_in_flight_lanes} lanes are in flight, as many as may; let one end.",
                "stream_id",
            )

    def _begin(self, turn: Turn) -> list[Action]:
        if turn.error is not None:
            return self.failed(turn, turn.error)
        if turn.parent is not None:
            turn.past = self.chains.find(turn.parent)
        if turn.create is not None:
            self._unannounced.add(turn)
        return [Start(turn)]

    def _next(self, turn: Turn) -> list[Action]:
        lane = self._lanes[turn.lane]
        lane.running = None
        self._unannounced.discard(turn)
        if not lane.waiting:
            return self._close_if_restarted()
        following = lane.running = lane.waiting.popleft()
        self.queued_bytes -= following.size_bytes
        return self._begin(following)

    def _check_size(self, text: str) -> None:
        limit = self.limits.max_message_bytes
        if len(text) > limit or (not text.isascii() and len(text.encode()) > limit):
            raise TooLarge(Code.FRAME_TOO_LARGE, f"The message is over the limit of {limit:,} bytes; send less.")


Handler = Callable[[Session, dict[str, Any], str | None, int], list[Action]]
_HANDLERS: dict[str, Handler] = {
    "response.create": Session._create,
    "response.cancel": Session._cancel,
    "parley:resume": Session._resume,
    "parley:ping": Session._ping,
}


def _restart() -> Unavailable:
    return Unavailable(Code.SERVICE_RESTART, "This gateway is stopping; connect again to reach another.")


def in_lane(frame: bytes, stream_id: str | None) -> bytes:
    """A rendered event (a JSON object that is not empty) with its lane's id. The id's alphabet needs no escaping."""
    return frame if stream_id is None else b'{"stream_id":"%b",%b' % (stream_id.encode(), frame[1:])
