"""All feeds of this gateway: gives them what arrives, repairs what is missing, forgets what nobody needs.

The relay calls it (`on_batch` …) and it calls the relay, from one background task, `run`; nothing is done per event but
what a feed does.
"""
import asyncio
from dataclasses import dataclass
from typing import Protocol

from loguru import logger

from relay.errors import RelayError
from relay.events import AnyEvent, Ended
from relay.job import Request
from relay.records import Batch, Record, first_record
from relay.views import JobView, Shown
from server.common.clock import Clock
from server.common.errors import Code
from server.responses.batches import LastBatches
from server.responses.feed import Counts, Feed, ResponseGone
from server.responses.pacer import Pacer

TICK_S = 0.25  # a gap that the log could not fill yet is tried again so often
SWEEP_S = 1.0  # viewers and feeds are looked over so often
LOOKS_PER_SWEEP = 64  # a restart of Redis makes all feeds silent at once: they take their turn
MAX_LOOK_PAUSE_S = 15.0  # a job may wait in the queue for minutes
MAX_GAP_S = 15.0  # the log has what batches had after 3 s, so it will never fill such a gap


@dataclass(frozen=True, slots=True)
class HubSettings:
    """Times in seconds."""

    keep_s: float = 10.0  # feeds that nobody needs, and records that Redis might lose
    detach_s: float = 60.0  # what nobody watches and nobody stores may be stopped then, so it is left by then; 0: never
    silence_s: float = 2.0  # of a response, until its log and job are looked at
    max_queue_s: float = 300.0  # a job that no worker has taken by then has failed
    frame_gap_s: float = 0.0  # what follows a response's frame sooner goes out together; 0: all at once
    behind_after_s: int = 15  # a viewer that was away for so long with something to take is closed
    behind_after_chars: int = 1_000_000  # … or with so much


class Relay(Protocol):
    """What the hub asks of the relay. All raise RelayError while Redis is away."""

    async def log(self, response_id: str, after: int = -1) -> list[Record]: ...
    async def find(self, response_id: str) -> JobView | None: ...
    async def follow(self, response_id: str) -> bool: ...
    async def unfollow(self, response_id: str, idle_s: float = 0.0) -> None: ...
    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str: ...


class Hub:
    """The relay's listener. `use` must give it the relay before anything is asked of it."""

    def __init__(self, settings: HubSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._relay: Relay | None = None
        self._feeds: dict[str, Feed] = {}
        self._batches = LastBatches(settings.keep_s)
        self._gaps: dict[Feed, None] = {}
        self._wake = asyncio.Event()
        self._down_since: float | None = clock.monotonic()
        self._down_s = 0.0
        self._pacer = Pacer(gap_s=settings.frame_gap_s)
        self.soon = self._pacer.soon
        self.counts = Counts()

    def use(self, relay: Relay) -> None:
        self._relay = relay

    @property
    def relay(self) -> Relay:
        if self._relay is None:
            raise RuntimeError("the hub was not given its relay")
        return self._relay

    @property
    def feeds(self) -> int:
        return len(self._feeds)

    @property
    def viewers(self) -> int:
        return sum(feed.viewers for feed in self._feeds.values())

    @property
    def pacing(self) -> bool:
        """Whether the load is such that viewers are woken together."""
        return self._pacer.on

    def now(self) -> float:
        """Time that stands still while Redis is away: what it may have lost then must be kept until it is back."""
        now = self._clock.monotonic() if self._down_since is None else self._down_since
        return now - self._down_s

    # What the relay tells

    def on_batch(self, batch: Batch, data: bytes) -> None:
        now = self.now()
        self._batches.add(data, now)
        self.counts.batches += 1
        feeds = self._feeds
        for record in batch.records:
            feed = feeds.get(record.response_id)
            if feed is not None:
                feed.apply(record, now)

    def on_up(self, new_run: bool) -> None:
        if self._down_since is not None:
            self._down_s += self._clock.monotonic() - self._down_since
            self._down_since = None
        # What was missed is in the logs, ends too: look at all, now. Those that go on are heard of before their turn.
        for feed in self._feeds.values():
            feed.looks = 0
            feed.heard_at = self.now() - self._settings.silence_s

    def on_down(self) -> None:
        if self._down_since is None:
            self._down_since = self._clock.monotonic()

    def shown(self) -> list[Shown]:
        of_batches = self._batches.records()
        feeds = [feed for feed in self._feeds.values() if not feed.replayed]
        return [Shown(feed.request, records) for feed in feeds
                if (records := feed.records(of_batches.get(feed.response_id, ())))]

    # What the gateway asks

    def open(self, request: Request) -> Feed:
        """The feed of a response that is about to be submitted; `drop` it if that fails."""
        feed = self._add(request)
        feed.apply(first_record(request.response_id), self.now())
        feed.loaded = True
        return feed

    def drop(self, response_id: str) -> None:
        """It was never submitted."""
        feed = self._feeds.pop(response_id, None)
        if feed is not None:
            feed.fail(ResponseGone())

    def find(self, response_id: str) -> Feed | None:
        """The feed, if this gateway has followed the response and has not forgotten it."""
        return self._feeds.get(response_id)

    async def attach(self, response_id: str) -> Feed:
        """The feed of any response that the relay knows, this gateway's or not; it is live, or ended, on return.

        Raises ResponseGone, RelayError. Who may see it is for the caller to check (`feed.request.user`).
        """
        feed = self._feeds.get(response_id)
        if feed is not None and feed.loaded and feed.error is None:
            return feed
        job = await self.relay.find(response_id)
        if job is None:
            raise ResponseGone
        # Two who attach at once do all this twice, which harms nothing.
        feed = self._feeds.get(response_id)
        if feed is None or feed.error is not None:
            feed = self._add(job.request)
        feed.followed = True
        if job.state != "ended":
            await self.relay.follow(response_id)
        feed.repair(await self.relay.log(response_id), self.now())
        if job.state == "ended" and not feed.done.is_set():  # its log was let go of between the two calls
            self.drop(response_id)
            raise ResponseGone
        feed.loaded = True
        return feed

    def replay(self, request: Request, records: list[Record]) -> Feed:
        """A feed of what has ended and the relay no longer knows, for viewers who come late. Raises ResponseGone."""
        feed = self._feeds.get(request.response_id)
        if feed is not None and not feed.done.is_set():  # another attaches to it, or waits for an end that Redis lost
            feed.repair(records, self.now())
            feed.loaded = True
        if feed is None or feed.error is not None or not feed.done.is_set():
            feed = self._add(request)
            feed.followed = feed.loaded = feed.replayed = True
            feed.repair(records, self.now())
        if not feed.done.is_set():
            self.drop(request.response_id)
            raise ResponseGone
        return feed

    def keep(self, request: Request, records: list[Record]) -> None:
        """These were read from the log and shown or recorded: for a while they are put back if Redis loses them."""
        if request.response_id not in self._feeds:
            feed = self._add(request)
            feed.followed = True
            feed.repair(records, self.now())

    def asking(self) -> list[Feed]:
        """Those of which a viewer wants to know where they stand in the queue, and that may be in one."""
        since = self.now() - self._settings.silence_s
        return [feed for feed in self._feeds.values() if feed.asks_place(since)]

    def _add(self, request: Request) -> Feed:
        feed = Feed(
            request, pacer=self._pacer, counts=self.counts, on_gap=self._on_gap, keep_s=self._settings.keep_s
        )
        feed.heard_at = self.now()
        self._feeds[request.response_id] = feed
        return feed

    def _on_gap(self, feed: Feed) -> None:
        self.counts.gaps += 1
        self._gaps[feed] = None
        self._wake.set()

    # The background task

    async def run(self) -> None:
        """For ever: repair gaps at once, look at the silent, close the slow, forget the idle."""
        measured_at = swept_at = self._clock.monotonic()
        busy_s = self._clock.busy_s()
        try:
            while True:
                await self._gap_or_tick()
                await self.repair()
                now = self._clock.monotonic()
                if now - measured_at >= TICK_S:
                    before, busy_s = busy_s, self._clock.busy_s()
                    self._pacer.measure((busy_s - before) / (now - measured_at))
                    measured_at = now
                if now - swept_at >= SWEEP_S:
                    swept_at = now
                    await self.sweep()
        finally:
            self._pacer.close()

    async def _gap_or_tick(self) -> None:
        tick = asyncio.get_running_loop().call_later(TICK_S, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            tick.cancel()

    async def repair(self) -> None:
        """Read the logs of all feeds that have a gap. What the log cannot fill yet is tried again at the next tick."""
        gaps, self._gaps = self._gaps, {}
        for feed in gaps:
            await self._repair(feed)
        if self._gaps.keys() <= gaps.keys():
            self._wake.clear()

    async def _repair(self, feed: Feed) -> None:
        if self._feeds.get(feed.response_id) is not feed:
            return
        try:
            records = await self.relay.log(feed.response_id, feed.repair_from)
        except RelayError:
            self._gaps[feed] = None
            return
        now = self.now()
        self.counts.repairs += 1
        feed.repair(records, now)
        if not feed.has_gap:
            feed.gap_since = None
        elif feed.gap_since is None:
            feed.gap_since = now
        elif now - feed.gap_since > MAX_GAP_S:
            feed.gap_since = None
            feed.start_over()

    async def sweep(self) -> None:
        """Called each second: what a feed's viewers, its silence or its idleness ask for."""
        settings = self._settings
        now = self.now()
        silent: list[Feed] = []
        for feed in list(self._feeds.values()):
            feed.sweep(settings.behind_after_s, settings.behind_after_chars)
            if feed.needed:
                feed.idle_since = None
                if not feed.done.is_set() and now - feed.heard_at >= self._look_pause_s(feed):
                    silent.append(feed)
            elif feed.idle_since is None:
                feed.idle_since = now
            elif now - feed.idle_since >= self._keep_s(feed):
                await self._forget(feed, now - feed.idle_since)
        if self._down_since is None:
            for feed in silent[:LOOKS_PER_SWEEP]:
                await self._look(feed)

    def _look_pause_s(self, feed: Feed) -> float:
        return min(MAX_LOOK_PAUSE_S, self._settings.silence_s * 2.0**feed.looks)

    def _keep_s(self, feed: Feed) -> float:
        settings = self._settings
        may_be_stopped = settings.detach_s and not feed.request.store and not feed.done.is_set()
        return min(settings.keep_s, settings.detach_s) if may_be_stopped else settings.keep_s

    async def _forget(self, feed: Feed, idle_s: float) -> None:
        # First out of the table: who attaches while `unfollow` is under way makes a new feed, and follows after it.
        del self._feeds[feed.response_id]
        if feed.done.is_set():
            return
        try:
            await self.relay.unfollow(feed.response_id, idle_s)
        except RelayError:
            self._feeds.setdefault(feed.response_id, feed)

    async def _look(self, feed: Feed) -> None:
        """It has been silent: is there anything in its log, does its job still exist, has it waited for too long?"""
        self.counts.looks += 1
        looks = feed.looks
        try:
            job = await self.relay.find(feed.response_id)
            # After the job: the log of one that has ended then has its end.
            records = await self.relay.log(feed.response_id, feed.repair_from)
            if job is not None and self._waits_too_long(job):
                await self._give_up(job)
        except RelayError as error:
            logger.debug("response {}: {}", feed.response_id, error)
            return
        feed.repair(records, self.now())
        if job is None and looks and not feed.done.is_set():  # at the first look, its submission may be under way
            feed.fail(ResponseGone())
        feed.heard_at = self.now()
        feed.looks = 0 if records else looks + 1

    def _waits_too_long(self, job: JobView) -> bool:
        never_leased = job.state == "waiting" and job.attempt == 0
        return never_leased and self._clock.now() - job.request.created_at > self._settings.max_queue_s

    async def _give_up(self, job: JobView) -> None:
        message = f"No worker took this response within {self._settings.max_queue_s:g} s; try again later."
        end = Ended(status="failed", at=self._clock.now(), code=Code.QUEUE_TIMEOUT.value, message=message)
        await self.relay.cancel(job.response_id, reason="queue_timeout", terminal=[end])
