"""One response followed by this gateway: what is known of it, its viewers, and what of its log is still at risk."""
import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from loguru import logger

from relay.cursor import Diverged, Gap
from relay.events import AnyEvent, Delta
from relay.job import Request
from relay.records import Record
from server.admission.standing import Standing
from server.common.errors import ApiError, BadRequest, Code, Failure, NotFound
from server.responses.pacer import Pacer
from server.responses.position import Position, position_after
from server.responses.resource import resource
from server.responses.signals import Signals
from server.responses.tail import Tail, in_order
from server.responses.transcript import Malformed, Transcript
from server.responses.viewer import OnFail, Viewer, ViewerBehind

MAX_SHARED = 4  # places whose frames are kept for other viewers until the next event; nearly all are at the last one
MAX_EARLY = 256  # records kept while a gap before them is repaired; then the oldest go: the log gets them in seconds


class ResponseDiverged(BadRequest):
    """What was shown is not what the log says now, or the place to resume from is not in it: read it whole."""

    def __init__(self) -> None:
        super().__init__(
            Code.RESPONSE_DIVERGED,
            "Part of what was sent of this response has been lost and made anew. Read the whole response again.",
        )


class ResponseGone(NotFound):
    """Nobody knows the response any more."""

    def __init__(self) -> None:
        super().__init__(Code.RESPONSE_NOT_FOUND, "This response is not known.")


@dataclass(slots=True)
class Counts:
    """What a gateway's feeds have done, since it started."""

    batches: int = 0
    events: int = 0
    tokens: int = 0
    frames: int = 0
    merged: int = 0  # events that went out in another's frame
    gaps: int = 0
    repairs: int = 0
    looks: int = 0
    diverged: int = 0
    behind: int = 0  # viewers closed for being slow


Taken = tuple[list[bytes], int, Position]  # frames, events merged into others' frames, the position behind them


class Feed:
    """Applies records, whatever their order, and serves any number of viewers, each from its own place.

    `on_gap` is called when the log must be read, from `repair_from` on. `done` is set at the terminal event, or with
    `error`. `heard_at` is when it was last heard of, in the hub's time; so are all times here.
    """

    __slots__ = (
        "_counts", "_due", "_early", "_holds", "_keep_s", "_on_gap", "_pacer", "_rests_until", "_shared", "_signals",
        "_tail", "_viewers", "done", "error", "followed", "gap_since", "heard_at", "idle_since", "loaded", "looks",
        "replayed", "request", "transcript",
    )

    def __init__(
        self, request: Request, *, pacer: Pacer, counts: Counts, on_gap: Callable[["Feed"], None], keep_s: float
    ) -> None:
        self.request = request
        self.transcript = Transcript(request)
        self.done = asyncio.Event()
        self.error: ApiError | None = None
        self.heard_at = 0.0
        self.followed = False  # somebody has followed it, and may have left
        # The hub's own notes:
        self.idle_since: float | None = None  # when nobody needed it any more
        self.loaded = False  # what the log had when it began to follow is in
        self.replayed = False  # it came from the database: nothing of it is at risk in Redis
        self.looks = 0  # how often it has looked since it last heard anything
        self.gap_since: float | None = None  # when the log was first read for the gap there is, in vain
        self._pacer = pacer
        self._counts = counts
        self._on_gap = on_gap
        self._keep_s = keep_s
        self._tail = Tail(keep_s)
        self._early: list[Record] = []
        self._viewers: dict[Viewer, None] = {}  # a set that keeps its order: who came first is served first
        self._holds = 0
        self._shared: dict[tuple[int, int], Taken] = {}
        self._due = False  # its viewers will be woken by the pacer
        self._rests_until = 0.0  # a token that comes before that waits
        self._signals: Signals | None = None  # while it waits for a worker, and that is known

    @property
    def response_id(self) -> str:
        return self.request.response_id

    @property
    def model(self) -> str:
        return self.request.model

    @property
    def number(self) -> int:
        """Its last event that has come."""
        return self.transcript.cursor.last

    @property
    def viewers(self) -> int:
        return len(self._viewers)

    @property
    def needed(self) -> bool:
        """Whether anybody follows it, waits for its end, or has just begun it and is about to follow."""
        return bool(self._viewers or self._holds) or not (self.followed or self.done.is_set())

    @property
    def repair_from(self) -> int:
        """The number after which the log must be read to fill the gap, or to see what is new."""
        cursor = self.transcript.cursor
        if self._early and self._early[0].attempt != cursor.attempt:
            return -1  # only its beginning shows whether the newer attempt goes on from what is here
        return cursor.last

    @property
    def has_gap(self) -> bool:
        return bool(self._early)

    def apply(self, record: Record, now: float) -> None:
        """Take in a record of a batch. `now` is the hub's time."""
        self.heard_at = now
        if not self._early and self.error is None:
            delta = self.transcript.grow(record)
            if delta is not None:  # nearly always: the next token
                self._grown(delta, now)
                return
        steps = len(self.transcript.steps)
        new = self._add(record, now)
        if new:
            if self._early:
                new += self._add_early(now)
            self._tell(now, may_wait=len(self.transcript.steps) == steps)

    def _grown(self, delta: Delta, now: float) -> None:
        """What `_add` does for the next token, in one go: most of a gateway's time is spent here. Its batch is kept."""
        self.looks = 0
        counts = self._counts
        counts.events += 1
        counts.tokens += len(delta.tokens)
        self._tell(now, may_wait=True)

    def repair(self, records: list[Record], now: float) -> None:
        """Take in what the log has, and then what was waiting for it."""
        steps = len(self.transcript.steps)
        new = sum([self._add(record, now) for record in records])
        new += self._add_early(now)
        if new:
            self._tell(now, may_wait=len(self.transcript.steps) == steps)

    def _add(self, record: Record, now: float) -> int:
        """How many of its events were new."""
        if self.error is not None:
            return 0
        try:
            events = self.transcript.add(record)
        except Gap:
            self._wait_for_log(record)
            return 0
        except Diverged:
            self.start_over()
            return 0
        except Malformed as reason:
            logger.error("response {}: {}", self.response_id, reason)
            self.fail(Failure())
            return 0
        if events:
            self._keep(record, events, now)
        return len(events)

    def _keep(self, record: Record, events: list[AnyEvent], now: float) -> None:
        self._tail.add(record, now)
        self.looks = 0
        if self._signals is not None:
            self.stand(None)
        counts = self._counts
        counts.events += len(events)
        for event in events:
            if type(event) is Delta:
                counts.tokens += len(event.tokens)
        if self.transcript.ended is not None:
            self.done.set()

    def _wait_for_log(self, record: Record) -> None:
        if not self._early:
            self._on_gap(self)
        self._early.append(record)
        if len(self._early) > MAX_EARLY:
            del self._early[0]

    def _add_early(self, now: float) -> int:
        """Try again what came too early; what still does puts itself back."""
        early, self._early = self._early, []
        return sum([self._add(record, now) for record in early])

    def start_over(self) -> None:
        """The log went another way than what was shown. Nobody may see a mixture: viewers end, and it is read anew."""
        self._counts.diverged += 1
        self.transcript = Transcript(self.request)
        self._tail = Tail(self._keep_s)
        self._early.clear()
        self._shared.clear()
        self._signals = None
        self._on_gap(self)
        for viewer in list(self._viewers):
            viewer.fail(self._about(ResponseDiverged()))

    def _tell(self, now: float, *, may_wait: bool) -> None:
        """A new step (a mark, a part's first delta) may not wait, whatever the load."""
        if self._shared:
            self._shared.clear()
        pacer = self._pacer
        if may_wait and (self._due or pacer.on or now < self._rests_until):
            if not self._due:
                self._due = True
                pacer.delay(self)
        else:
            self._rests_until = now + pacer.gap_s
            for viewer in self._viewers:
                viewer.wake()

    def wake(self) -> None:
        """The pacer's: whoever waits has waited long enough."""
        self._due = False
        self._rests_until = self.heard_at + self._pacer.gap_s
        for viewer in self._viewers:
            viewer.wake()

    def asks_place(self, heard_since: float) -> bool:
        """Whether a viewer wants to know where it stands, and it may stand in a queue: no worker has begun it, or
        nothing has been heard of it since this time.
        """
        transcript = self.transcript
        if transcript.ended is not None or self.error is not None:
            return False
        runs = transcript.status != "queued" and not self.looks and self.heard_at > heard_since
        if runs and self._signals is None:
            return False
        return any(viewer.wants_signals for viewer in self._viewers)

    def stand(self, standing: Standing | None) -> None:
        """Where it stands in the queue, or that it does not wait. Who wants to know is told what is new."""
        if standing is None:
            self._signals = None
            for viewer in self._viewers:
                viewer.signals = None  # what it has not taken is true no more
            return
        signals = self._signals or Signals(self.response_id)
        if not signals.stand(standing, begun=self.transcript.status != "queued"):
            return
        for viewer in self._viewers:
            if viewer.wants_signals:
                viewer.signal(signals.all if viewer.signals or self._signals is None else signals.news)
        self._signals = signals

    def follow(
        self, after: int = -1, on_fail: OnFail | None = None, position: Position | None = None, *,
        signals: bool = False,
    ) -> Viewer:
        """A viewer of what comes behind sequence number `after` (-1: of all); close it when it leaves.

        `on_fail` is called once, with an ApiError, when the viewer is ended from this side while its send may be stuck.
        `position` is one that tells it in frames of its own, from the beginning. `signals`: it wants those, too.
        Raises ResponseDiverged if no event has this number, and what made `error`.
        """
        if self.error is not None:
            raise self.error
        viewer = Viewer(self, position or Position(), ahead=after if after >= 0 else None, on_fail=on_fail)
        viewer.wants_signals = signals
        if signals and self._signals is not None:
            viewer.signals = self._signals.all
        self._viewers[viewer] = None
        self.followed = True
        if viewer.ahead is not None:
            self._find_position(viewer, viewer.ahead)
        if viewer.error is not None:
            raise viewer.error
        return viewer

    def _find_position(self, viewer: Viewer, number: int) -> bool:
        """Put a viewer where its client has come to, once this feed has come that far."""
        transcript = self.transcript
        if number > transcript.cursor.last and transcript.ended is None:
            return False
        try:
            viewer.position = position_after(transcript, number)
        except Diverged:
            viewer.fail(self._about(ResponseDiverged()))
            return False
        viewer.ahead = None
        return True

    def take(self, viewer: Viewer) -> list[bytes]:
        """What this viewer has not been told, as frames. Viewers at one place share the protocol's own."""
        if viewer.ahead is not None and not self._find_position(viewer, viewer.ahead):
            return []
        position = viewer.position
        if len(self._viewers) == 1 or type(position) is not Position:
            frames, merged = position.take(self.transcript)
        else:
            frames, merged = self._take_shared(position)
        self._counts.frames += len(frames)
        self._counts.merged += merged
        if position.number != self.transcript.cursor.last:  # there is more
            viewer.wake()
        return frames

    def _take_shared(self, position: Position) -> tuple[list[bytes], int]:
        place = position.step, position.index
        taken = self._shared.get(place)
        if taken is not None:
            frames, merged, after = taken
            position.move_to(after)
            return frames, merged
        frames, merged = position.take(self.transcript)
        if len(self._shared) < MAX_SHARED:
            self._shared[place] = frames, merged, position.copy()
        return frames, merged

    def finished(self, viewer: Viewer) -> bool:
        """Whether nothing will ever come for it."""
        if viewer not in self._viewers:
            return True
        transcript = self.transcript
        return transcript.ended is not None and viewer.ahead is None and viewer.position.at_end(transcript)

    def leave(self, viewer: Viewer) -> None:
        self._viewers.pop(viewer, None)
        if not self._viewers:
            self._signals = None  # nobody asks any more how it stands

    def sweep(self, max_missed: int, max_behind: int) -> None:
        """End viewers that stay behind; see Viewer.sweep."""
        for viewer in list(self._viewers):
            if viewer.sweep(max_missed, max_behind):
                self._counts.behind += 1
                viewer.fail(self._about(ViewerBehind()))

    def fail(self, error: ApiError) -> None:
        """Nothing more can be known of it here."""
        self.error = self._about(error)
        self.done.set()
        for viewer in list(self._viewers):
            viewer.fail(error)

    def _about(self, error: ApiError) -> ApiError:
        error.response_id = self.response_id
        return error

    def records(self, of_batches: Iterable[Record]) -> list[Record]:
        """What has come lately, in order: of the last batches, what it has taken in, and what came otherwise."""
        number = self.number
        return in_order([*self._tail.records(), *[record for record in of_batches if record.last <= number]])

    def resource(self) -> dict[str, Any]:
        """The response resource as it stands. Raises what made `error`."""
        if self.error is not None:
            raise self.error
        return resource(self.transcript)

    async def end(self) -> dict[str, Any]:
        """Wait for the terminal event; the resource then. Keeps the feed alive like a viewer."""
        self.followed = True
        self._holds += 1
        try:
            await self.done.wait()
        finally:
            self._holds -= 1
        return self.resource()
