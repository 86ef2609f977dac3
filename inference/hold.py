"""One job that this worker holds: its composer, its numbers, who follows it, and what the log lacks. Pure."""
from collections import deque
from typing import Final

from inference.composer import Composer
from inference.pace import Pace
from inference.standing import Standing
from inference.tool_use import PLAIN, ToolUse
from relay.events import AnyEvent
from relay.records import Record, decode_record, encode_record, first_number
from relay.views import Held, Leased

REDIS_LOSES_S: Final = 10.0  # a Redis that restarts may have lost what it had so lately; rejoining gives it again


class Hold:
    """What is made goes: composer's events, then `unsent` records (for batches) and `unlogged` events (for the log).

    `key` names this attempt to the engine: what comes late of an attempt that was dropped is not taken for a later one.
    `destinations` are the gateways that get batches; `wanted` is set while they are to change. `in_engine` says that
    the engine has it, `unwanted` that it must not get it any more.
    """

    __slots__ = (
        "_after", "_began_after", "_first", "_log_after", "_log_first", "_pace", "_prove", "_recent", "_request",
        "attempt", "cancelled", "composer", "crashes", "destinations", "in_engine", "key", "response_id", "tokens",
        "unlogged", "unsent", "unwanted", "wanted",
    )

    def __init__(
            self, leased: Leased, standing: Standing, now: float, turn: int, use: ToolUse = PLAIN) -> None:
        """`now` of a clock that only grows; `turn` staggers the holds' entries (see Pace)."""
        self.response_id, self.attempt = leased.response_id, leased.attempt
        self.key = f"{leased.response_id}.{leased.attempt}"
        self.composer = Composer(leased.response_id, standing, use.parser, use.most_calls)
        self.destinations: list[str] = leased.followers
        self.wanted: list[str] | None = None
        self.cancelled, self.crashes = leased.cancelled, leased.crashes
        self.in_engine = self.unwanted = False
        self.tokens = 0  # made since the last entry
        self.unsent: list[Record] = []
        self.unlogged: list[AnyEvent] = []
        self._began_after = self._after = self._log_after = standing.last
        self._first = self._log_first = first_number(standing.last, leased.attempt, leased.request.created_at)
        self._recent = deque([(now, encode_record(record)) for record in leased.records])
        self._request = None if leased.unreadable else leased.request
        # Its first word clears a suspect, and must not be lost with this worker; without a gateway only the log has it.
        self._prove = leased.crashes > 0 or not leased.followers
        self._pace = Pace(now, turn)

    def number(self) -> None:
        """Give the composer's events their numbers and make them one record."""
        events = self.composer.events
        self.composer.events = []
        self.unsent.append(Record(self.response_id, self.attempt, self._after, self._first, events))
        self.unlogged += events
        self._first += len(events)
        self._after = self._first - 1

    def due(self, now: float) -> bool:
        """Are there events that the log should have by now?"""
        return bool(self.unlogged) and ((self._prove and self.composer.said) or self._pace.due(now, self.tokens))

    def entry(self) -> Record:
        """All that the log lacks."""
        return Record(self.response_id, self.attempt, self._log_after, self._log_first, self.unlogged)

    def logged(self, entry: Record, now: float) -> None:
        """The log has it, until Redis loses it."""
        self.unlogged = []
        self.tokens = 0
        self._prove = self._prove and not self.composer.said
        self._log_after, self._log_first = self._after, self._first
        self._pace.logged(now)
        self._recent.append((now, encode_record(entry)))  # ten seconds of objects would outgrow the processor's cache
        while self._recent[0][0] < now - REDIS_LOSES_S:
            self._recent.popleft()
            self._request = None  # its job is as old, so Redis has it for certain

    def rejoined(self, now: float) -> None:
        """What `held` gave is in the log."""
        if self.unlogged:
            self.logged(self.entry(), now)

    def held(self) -> Held:
        """For `rejoin` and `release`: what the log may lack."""
        if self.composer.events:
            self.number()
        tail = [decode_record(entry) for _, entry in self._recent]
        if self.unlogged:
            tail.append(self.entry())
        return Held(self.response_id, self.attempt, self._began_after, tail, self._request)
