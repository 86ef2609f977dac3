"""A client as a state machine: turns, stops and frames in, actions out. Does no I/O, knows no time but what it is told.

`now` is in seconds of any clock that only grows. After each call the shell performs the actions in order, and calls
`woke` at `wake_at`, or later.
"""
import random
from collections.abc import Callable, Sequence

from parley_client.actions import Action, Drop, Finish, Send, Tell
from parley_client.closing import TOO_LARGE, fatal_error, lost_error
from parley_client.errors import (
    ClosedError,
    DivergedError,
    Event,
    ParleyError,
    ResponseFailedError,
    error_of,
)
from parley_client.frames import decode, encode, size_bytes
from parley_client.lanes import Lanes
from parley_client.link import Link
from parley_client.options import Options, delay_s
from parley_client.text import RESTARTED, TERMINAL
from parley_client.turn import Turn

STOP = ".stop"  # a stop is sent under a stream_id of its own, so that its error is not taken for the turn's


class Session:
    """All that one client has under way, over one socket at a time."""

    def __init__(
        self, urls: Sequence[str], options: Options | None = None, random: Callable[[], float] = random.random
    ) -> None:
        self.options, self.random = options or Options(), random
        self.link = Link(urls, self.options, random)
        self._lanes = Lanes(self.options.max_in_flight)
        self._turns: dict[Turn, None] = {}  # in the order of their start
        self.is_closed = False

    def start(self, turn: Turn, now: float) -> list[Action]:
        """Begin it, or go on with it."""
        if self.is_closed:
            return [_closed(turn)]
        if not self._is_busy():
            self.link.watch(now)
        self._turns[turn] = None
        return self._go_on(now)

    def stop(self, turn: Turn, now: float) -> list[Action]:
        """Ask the server to end it; its terminal event follows. One that was never sent just ends."""
        if turn not in self._turns or turn.stopping:
            return []
        if turn.sent_at is None and turn.response_id is None:
            return [*self._end(turn, None), *self._go_on(now)]
        turn.stopping = True
        return self._send_stop(turn)

    def leave(self, turn: Turn, now: float) -> list[Action]:
        """Nobody wants its events any more; generation goes on."""
        if turn not in self._turns or turn.left:
            return []
        turn.left = True
        if turn.state != "sent":  # else its lane stays busy until its end is heard
            self._end(turn, None)
        return [Finish(turn), *self._go_on(now)]

    def opened(self, now: float) -> list[Action]:
        """The socket is open."""
        self.link.opened(now)
        return self._go_on(now)

    def refused(self, status: int, error: Event, now: float) -> list[Action]:
        """The upgrade was answered with an HTTP status; `error` is what its body says."""
        told = error_of(status, error)
        return self._lost(told, now) if told.retryable or status >= 500 else self._fail_all(told)

    def closed(self, code: int, reason: str, now: float) -> list[Action]:
        """The socket is gone, or could not be made. 1006: without a word; `reason` may then say what happened."""
        fatal = fatal_error(code, reason)
        lost = lost_error(code, reason, self.options.patience_s)
        if fatal is None:
            return self._lost(lost, now)
        culprit = self._largest_unanswered() if code == TOO_LARGE else None
        if culprit is None:
            return self._fail_all(fatal)
        failed = self._end(culprit, fatal)
        return [*failed, *self._lost(lost, now)]

    def received(self, text: str, now: float) -> list[Action]:
        """A text frame of the server."""
        event = decode(text)
        is_error = event.get("type") == "error"
        self.link.heard(now, is_error=is_error)
        lane = event.pop("stream_id", None)
        if is_error:
            return self._received_error(event, lane, now)
        turn = self._lanes.find(lane)
        if turn is None:
            return []
        turn.answered = True
        knew = turn.response_id
        if not turn.accepts(event):
            return []
        told: list[Action] = [] if turn.left else [Tell(turn, event)]
        if event.get("type") in TERMINAL:
            return [*told, *self._end(turn, _failure(event)), *self._go_on(now)]
        return [*told, *self._send_stop(turn)] if turn.stopping and knew is None else told

    def woke(self, now: float) -> list[Action]:
        """Do what is due."""
        actions = self._give_up(now)
        if not self._is_busy():
            return [*actions, *self._go_on(now)]
        for action in self.link.woke(now):
            actions.append(action)
            if isinstance(action, Drop):
                actions += self._lost(lost_error(1006, "it was silent", self.options.patience_s), now)
        for turn in self._turns:
            if turn.state == "resting" and turn.retry_at <= now:
                turn.state = "waiting"
            if turn.stop_retry_at is not None and turn.stop_retry_at <= now:
                actions += self._send_stop(turn)
        return [*actions, *self._go_on(now)]

    def hurry(self, now: float) -> list[Action]:
        """Somebody has noticed that the network has changed."""
        return self.link.hurry(now) if self._is_busy() else []

    def shutdown(self) -> list[Action]:
        """The client is closed; what it had under way is generated on."""
        self.is_closed = True
        actions: list[Action] = [Drop()] if self.link.state in ("connecting", "open") else []
        self.link.rest()
        self._lanes.clear()
        turns, self._turns = self._turns, {}
        for turn in turns:
            turn.state = "ended"
            actions += [] if turn.left else [_closed(turn)]
        return actions

    @property
    def wake_at(self) -> float | None:
        """When `woke` should be called; None: not before something else is."""
        if not self._is_busy():
            return None
        times: list[float | None] = [self.link.wake_at()]
        for turn in self._turns:
            times.append(turn.retry_at if turn.state == "resting" else None)
            times.append(turn.stop_retry_at)
            times.append(self._patience_ends(turn))
        return min(time for time in times if time is not None)

    def _go_on(self, now: float) -> list[Action]:
        """Send what can be sent; get a socket if one is needed."""
        if not self._is_busy():
            if self.link.state == "waiting":
                self.link.rest()
            return []
        if self.link.state in ("idle", "refused"):
            return self.link.connect(now)
        actions: list[Action] = []
        named: set[str] = set()
        for turn in self._turns if self.link.state == "open" else ():
            if turn.lane is not None:
                if turn.lane in named:  # turns of one lane keep their order
                    continue
                named.add(turn.lane)
            if turn.state == "waiting" and (lane := self._lanes.take(turn)) is not None:
                actions += self._send(turn, lane, now)
        return actions

    def _send(self, turn: Turn, lane: str, now: float) -> list[Action]:
        frame = encode(turn.frame(lane))
        turn.state, turn.on_lane, turn.sent_at, turn.answered = "sent", lane, now, False
        turn.size = size_bytes(frame)
        return [Send(frame), *(self._send_stop(turn) if turn.stopping else ())]

    def _send_stop(self, turn: Turn) -> list[Action]:
        turn.stop_retry_at = None
        if turn.state != "sent" or turn.response_id is None:
            return []  # when it is sent again, or its id is known
        stream_id = f"{turn.on_lane}{STOP}"
        cancel = {"type": "response.cancel", "stream_id": stream_id, "response_id": turn.response_id}
        return [Send(encode(cancel))]

    def _received_error(self, event: Event, lane: object, now: float) -> list[Action]:
        status = event.get("status")
        turn = self._lanes.find(lane)
        if turn is None and isinstance(lane, str) and lane.endswith(STOP):
            return self._stop_refused(self._lanes.find(lane.removesuffix(STOP)), _read_error(status, event), now)
        error = _read_error(status, event)
        if turn is None:
            culprit = self._largest_unanswered() if lane is None and error.code == "frame_too_large" else None
            return [] if culprit is None else [*self._end(culprit, error), *self._go_on(now)]
        if error.retryable:
            return self._rest(turn, error, now)
        if isinstance(error, DivergedError) and turn.reread and not turn.left:
            turn.last = -1
            return [Tell(turn, {"type": RESTARTED}), *self._rest(turn, error, now)]
        return [*self._end(turn, error), *self._go_on(now)]

    def _stop_refused(self, turn: Turn | None, error: ParleyError, now: float) -> list[Action]:
        """One that may be tried again is; else the response is no more, and the turn itself will hear of it."""
        if turn is not None and error.retryable:
            turn.stop_attempt += 1
            turn.stop_retry_at = now + delay_s(self.options, turn.stop_attempt, self.random())
        return []

    def _rest(self, turn: Turn, error: ParleyError, now: float) -> list[Action]:
        """The server has ended the turn for now: the lane is free for others meanwhile."""
        self._free_lane(turn)
        self._trouble(turn, error, now)
        turn.attempt += 1
        turn.state, turn.retry_at = "resting", now + delay_s(self.options, turn.attempt, self.random())
        return self._go_on(now)

    def _lost(self, error: ParleyError, now: float) -> list[Action]:
        self._lanes.clear()
        for turn in [turn for turn in self._turns if turn.left]:
            self._end(turn, None)
        for turn in self._turns:
            self._trouble(turn, error, now)
            turn.on_lane, turn.stop_retry_at = None, None
            if turn.state == "sent":
                turn.state = "waiting"
        self.link.lost(error, now)
        return [*self._give_up(now), *self._go_on(now)]

    def _trouble(self, turn: Turn, error: ParleyError, now: float) -> None:
        turn.trouble = error
        calm_s = self.options.heartbeat_s + self.options.heartbeat_timeout_s
        was_calm = turn.state == "sent" and turn.sent_at is not None and self.link.progress_at - turn.sent_at > calm_s
        if turn.trouble_since is None or was_calm:
            turn.trouble_since, turn.attempt = now, 0

    def _patience_ends(self, turn: Turn) -> float | None:
        """A turn that is under way on a socket may be silent for as long as it likes: it may be in the queue."""
        if turn.trouble_since is None or turn.state == "sent":
            return None
        return turn.trouble_since + self.options.patience_s

    def _give_up(self, now: float) -> list[Action]:
        ends = {turn: self._patience_ends(turn) for turn in self._turns}
        over = [turn for turn, end in ends.items() if end is not None and end <= now]
        return [action for turn in over for action in self._end(turn, turn.trouble)]

    def _fail_all(self, error: ParleyError) -> list[Action]:
        """The socket is gone, and another would end alike."""
        self._lanes.clear()
        self.link.refused(error)
        return [action for turn in list(self._turns) for action in self._end(turn, error)]

    def _end(self, turn: Turn, error: ParleyError | None) -> list[Action]:
        del self._turns[turn]
        self._free_lane(turn)
        turn.state, turn.stop_retry_at = "ended", None
        return [] if turn.left else [Finish(turn, error and error.about(turn.response_id))]

    def _free_lane(self, turn: Turn) -> None:
        if turn.on_lane is not None and self._lanes.find(turn.on_lane) is turn:
            self._lanes.give_back(turn.on_lane)
        turn.on_lane = None

    def _is_busy(self) -> bool:
        return any(not turn.left for turn in self._turns)

    def _largest_unanswered(self) -> Turn | None:
        """Whom an error of size is about that names no lane: no frame that was let through is larger."""
        sent = [turn for turn in self._turns if turn.state == "sent" and not turn.answered]
        return max(sent, key=lambda turn: turn.size, default=None)


def _read_error(status: object, event: Event) -> ParleyError:
    error = event.get("error")
    return error_of(status if isinstance(status, int) else 500, error if isinstance(error, dict) else {})


def _failure(event: Event) -> ParleyError | None:
    return ResponseFailedError(event.get("response") or {}) if event["type"] == "response.failed" else None


def _closed(turn: Turn) -> Finish:
    return Finish(turn, ClosedError("client_closed", "The client was closed.", None, turn.response_id))
