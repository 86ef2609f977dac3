"""Reads one response as a person's client would, through whatever happens, and notes what it is told and when."""
import asyncio
import time
import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from tests.chaos import doors
from tests.chaos.check import CONTINUED, Event, Track
from tests.chaos.doors import Broken, Refused, Wish
from tests.chaos.expected import Expected
from tests.chaos.plan import ReaderPlan, StreamPlan

PATIENCE_S = 90.0  # without anything new
PAUSE_S = 0.4  # shorter ones are not noted
RETRY_S = 0.25
QUEUED = 1  # the number of response.queued


@dataclass(slots=True, eq=False)
class Reader:
    """One who follows a response. `pauses` are (from, till) in seconds, those that it did not make itself."""

    plan: ReaderPlan
    stream: "Stream"
    track: Track
    gateway: int
    connected: bool = False
    heard_at: float | None = None  # None: away by its own will, or nothing heard yet
    told_at: float = 0.0  # when it was told what it was told last: an event with a number, by which it resumes
    pauses: list[tuple[float, float]] = field(default_factory=list)
    continued: list[tuple[float, float]] = field(default_factory=list)  # when another attempt went on, after what pause
    returns: int = 0
    events: int = 0
    refusals: list[str] = field(default_factory=list)
    diverged: list[tuple[float, float]] = field(default_factory=list)  # (when, when it had been told its last)
    failure: str = ""  # why it never came to an end
    ended_at: float = 0.0

    def got_over(self, since: float) -> bool:
        """Whether another attempt has gone on since then, or it is not waiting for one."""
        waits = self.heard_at is not None and self.track.end is None and not self.failure
        return not waits or bool(self.pause_of_attempt(since))

    def pause_of_attempt(self, since: float) -> list[float]:
        """How long it waited for the first attempt that went on since then; nothing where none was seen to."""
        return [pause_s for at, pause_s in self.continued if at >= since][:1]


class Stream:
    """One response and all its readers."""

    def __init__(self, plan: StreamPlan, expected: Expected, urls: list[str]) -> None:
        self.plan, self.expected, self.urls = plan, expected, urls
        self.response_id: str | None = None
        self.known = asyncio.Event()
        self.began, self.ended = time.monotonic(), 0.0
        self.accepted_at = 0.0  # when the first was told of it; it may have been asked for again and again before
        self.readers = [self._reader(plan.asker), *map(self._reader, plan.viewers)]
        self.abandoned_status = ""

    def _reader(self, plan: ReaderPlan) -> Reader:
        return Reader(plan, self, Track(self.expected), plan.gateway)

    @property
    def only_queued(self) -> bool:
        """Whether nobody was told more than that it waits: no worker is known to have had it."""
        return all(reader.track.last <= QUEUED for reader in self.readers)

    @property
    def ended_well(self) -> bool:
        return all(reader.track.end is not None for reader in self.readers) or self.plan.abandoned

    async def run(self) -> None:
        """Until every reader has come to the end, or has given up."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._read(self.readers[0]))
            for reader in self.readers[1:]:
                group.create_task(self._join(reader))
        self.ended = time.monotonic()

    async def _join(self, reader: Reader) -> None:
        await self.known.wait()
        await asyncio.sleep(reader.plan.joins_after_s)
        await self._read(reader)

    async def _read(self, reader: Reader) -> None:
        wish = Wish({"input": self.plan.input, **self.plan.fields}, uuid.uuid4().hex)
        drops = list(reader.plan.drops)
        news_at = time.monotonic()
        while reader.track.end is None and not reader.failure:
            before = reader.events
            wish.response_id, wish.last = self.response_id, reader.track.last
            try:
                away_s = await self._follow(reader, wish, drops)
                if away_s is not None:
                    reader.heard_at = None
                    await asyncio.sleep(away_s)
            except Broken:
                await asyncio.sleep(RETRY_S)
            except Refused as error:
                self._refused(reader, error)
                await asyncio.sleep(RETRY_S)
            reader.connected = False
            reader.gateway = 3 - reader.gateway
            reader.returns += 1
            if self.plan.abandoned and self.response_id:
                break
            if reader.events != before:
                news_at = time.monotonic()
            elif time.monotonic() - news_at > PATIENCE_S:
                reader.failure = f"nothing new for {PATIENCE_S:g} s, {reader.refusals[-3:]}"
        self.known.set()

    def _refused(self, reader: Reader, error: Refused) -> None:
        reader.refusals.append(error.code)
        if error.code == "response_diverged":
            reader.diverged.append((time.monotonic(), reader.told_at))
            reader.track.restart()
        elif not error.for_now:
            reader.failure = error.code

    async def _follow(self, reader: Reader, wish: Wish, drops: list[tuple[int, float]]) -> float | None:
        """Over one connection. Returns how long to stay away, if that is the plan; None at the end."""
        reader.connected = True
        async with aclosing(self._door(reader, wish)) as events:
            async for event in events:
                self._take(reader, event)
                wish.response_id = self.response_id
                if self.plan.abandoned:
                    return 0.0
                if reader.plan.cancels_after is not None and reader.events >= reader.plan.cancels_after:
                    wish.stop = True
                if drops and reader.events >= drops[0][0] and reader.track.end is None:
                    return drops.pop(0)[1]
        return None

    def _door(self, reader: Reader, wish: Wish) -> AsyncGenerator[Event]:
        url = self.urls[reader.gateway - 1]
        if reader.plan.door == "client":
            return doors.by_client([url, self.urls[2 - reader.gateway]], wish)
        by_socket = (reader.plan.door == "socket") == (reader.returns % 3 != 2)  # and sometimes the other way
        if wish.stop or reader.plan.cancels_after is not None:
            by_socket = True
        return doors.by_socket(url, wish) if by_socket else doors.by_events(url, wish)

    def _take(self, reader: Reader, event: Event) -> None:
        now = time.monotonic()
        reader.events += 1
        if self.response_id is None and "response" in event:
            self.response_id = event["response"]["id"]
            self.accepted_at = now
            self.known.set()
        if reader.heard_at is not None and reader.track.kinds["response.in_progress"]:
            if now - reader.heard_at > PAUSE_S:
                reader.pauses.append((reader.heard_at, now))
            if event["type"] == CONTINUED:
                reader.continued.append((now, now - reader.heard_at))
        reader.heard_at = now
        if "sequence_number" in event:
            reader.told_at = now
        reader.track.take(event)
        if reader.track.end is not None:
            reader.ended_at = reader.ended_at or now


def asked_of(stream: Stream) -> dict[str, Any]:
    """The request, for a message about it."""
    return {"input": stream.plan.input, **stream.plan.fields}
