"""Who acts on a staged Redis: workers, gateways with what they have shown, the recorder. Each call is one step."""
import contextlib
from dataclasses import dataclass, field
from typing import Any

from relay.cursor import Cursor, Gap
from relay.errors import Fenced
from relay.events import AnyEvent, Continued, Delta, Ended, InProgress
from relay.gateway import GatewayRelay
from relay.job import Request
from relay.recorder import GROUP
from relay.records import Record, decode_batch, first_record
from relay.settings import RelaySettings
from relay.views import Held, Shown, Step, Submission
from tests.integration.relay.staged import Fate, InGrace, StagedLink, StagedRedis, at_once
from tests.integration.relay.world import KEYS, BareWorker, Running, ended

LENGTH = 5  # tokens of each response
KEEP_MS = 10_000  # what nobody needs any more is remembered for so long

Line = tuple[int, int, AnyEvent]
"""What a viewer is shown: number, attempt, event."""


class Broken(AssertionError):
    """A promise is not kept."""


class Truth:
    """What has been shown to anybody, by response: the first to be shown it sets it."""

    def __init__(self) -> None:
        self.lines: dict[str, list[Line]] = {}

    def agree(self, who: str, response_id: str, shown: list[Line]) -> None:
        known = self.lines.setdefault(response_id, [])
        common = min(len(known), len(shown))
        for line, first in zip(shown[:common], known[:common], strict=True):
            if line != first:
                raise Broken(f"{who} is shown {line} of {response_id}, somebody was shown {first}")
        known += shown[common:]
        author = ""
        for token in [event for _, _, event in known if isinstance(event, Delta)]:
            mine, _, before = token.text.partition("@")
            if before != author:
                raise Broken(f"{who} is shown a token of {mine} that goes on from {before}, behind one of {author}")
            author = mine


def numbered(record: Record, new: list[AnyEvent]) -> list[Line]:
    first = record.last - len(new) + 1
    return [(number, record.attempt, event) for number, event in enumerate(new, first)]


class StagedWorker(BareWorker):
    def __init__(self, name: str, staged: StagedRedis, settings: RelaySettings) -> None:
        super().__init__(name, settings)
        self.staged = staged

    async def connect(self) -> bool:
        self._link = StagedLink(self.staged, self.settings)
        self._run = (await self._link.hello(self._run, holds=bool(self._held))).run
        return bool(self._token)

    def doom(self, fate: Fate) -> None:
        """The connection breaks under the next call."""
        assert isinstance(self._link, StagedLink)
        self._link.fate = fate

    @property
    def linked(self) -> bool:
        return isinstance(self._link, StagedLink) and self._link._run == self.staged.run


@dataclass
class Job:
    """A response as its worker knows it."""

    running: Running
    destinations: list[str] | None  # None: to be stated anew
    cancelled: bool
    made: list[Record] = field(default_factory=list)
    logged: int = 0  # of `made`

    def known(self) -> list[AnyEvent]:
        return [event for record in [*self.running.leased.records, *self.made] for event in record.events]

    def goes_on(self, name: str, count: int) -> list[AnyEvent]:
        """Its next events. A token's text says who made it, and who the one before: so no two workers agree by luck,
        and none goes on from another text than it knows.
        """
        known = self.known()
        have = sum(isinstance(event, Delta) for event in known)
        running = self.running
        begun = any(isinstance(event, InProgress) for event in known)
        events: list[AnyEvent] = []
        if not self.made:
            events.append(Continued(1.0, "worker_lost") if begun else InProgress(1.0))
        tokens = range(have, LENGTH)[:count]
        author = next((event.text for event in reversed(known) if isinstance(event, Delta)), "@").split("@")[0]
        for n in tokens if not self.cancelled else ():
            events.append(Delta(f"{name} {running.attempt}@{author}", [n]))
            author = f"{name} {running.attempt}"
        if have == LENGTH or self.cancelled:
            events.append(ended("incomplete" if self.cancelled else "completed"))
        return events


class Worker:
    """A worker: it may sleep between any two calls, and be taken back meanwhile without knowing."""

    def __init__(self, name: str, staged: StagedRedis, settings: RelaySettings) -> None:
        self.name, self.staged = name, staged
        self.relay = StagedWorker(name, staged, settings)
        self.jobs: dict[str, Job] = {}
        self.pending: Step | None = None
        self.states = True

    @property
    def linked(self) -> bool:
        return self.relay.linked

    def start(self) -> None:
        at_once(self.relay.connect())
        self.register()

    def register(self) -> None:
        self.jobs.clear()
        self.pending = None
        at_once(self.relay.register(self.relay.info()))

    def renew(self) -> None:
        try:
            at_once(self.relay.renew(self.relay.info()))
        except Fenced:
            self.register()

    def lease(self, count: int) -> None:
        silent = any(not job.made for job in self.jobs.values())
        try:
            leased = at_once(self.relay.lease(count, silent=silent))
        except Fenced:
            self.register()
            return
        for job in leased:
            self.jobs[job.response_id] = Job(Running(job), job.followers, job.cancelled)

    def look(self) -> dict[str, list[str]]:
        """The followers of its jobs; who stopped them is noted."""
        views = at_once(self.relay.look(list(self.jobs)))
        for response_id, (_, cancelled) in views.items():
            self.jobs[response_id].cancelled |= cancelled
        return {response_id: followers for response_id, (followers, _) in views.items()}

    def append(self, count: int, *, logs: bool, looks: bool) -> None:
        """One step of all its jobs: `count` tokens of each, or the end. One that had to wait is sent again as it is."""
        step = self.pending = self.pending or self._step(count, logs=logs, looks=looks)
        try:
            at_once(self.relay.append(step))
        except Fenced:
            self.register()
            return
        self.pending = None
        for response_id in step.ends:
            del self.jobs[response_id]

    def _step(self, count: int, *, logs: bool, looks: bool) -> Step:
        followers = self.look() if looks or any(job.destinations is None for job in self.jobs.values()) else {}
        step = Step()
        for response_id, job in self.jobs.items():
            new = job.goes_on(self.name, count)
            if new:
                job.made.append(job.running.make(*new))
            wanted = followers.get(response_id, job.destinations or [])
            moves = wanted != job.destinations
            for gateway in sorted({*(job.destinations or []), *wanted}) if new else []:
                step.batches.setdefault(gateway, []).append(job.made[-1])
            if new and isinstance(new[-1], Ended):
                step.ends[response_id] = new[-1].status
            if logs or moves or response_id in step.ends:
                step.entries.extend(job.made[job.logged:])
                job.logged = len(job.made)  # were this wrong, it must rejoin, and puts all into the log
            if moves:
                step.destinations[response_id] = job.destinations = wanted
        return step

    def held(self) -> list[Held]:
        return [job.running.held(*job.running.leased.records, *job.made) for job in self.jobs.values()]

    def release(self) -> None:
        try:
            at_once(self.relay.release(self.held()))
        except Fenced:
            self.register()
            return
        self.jobs.clear()
        self.pending = None

    def rejoin(self, fate: Fate | None = None) -> None:
        """On a new connection, which may break under it; InGrace if it comes too early."""
        if not at_once(self.relay.connect()):
            self.register()
            return
        if fate:
            self.relay.doom(fate)
        try:
            kept = at_once(self.relay.rejoin(self.held()))
        except InGrace:
            at_once(self.relay._close())  # nothing else is done with a connection before
            raise
        self.pending = None
        self.jobs = {response_id: job for response_id, job in self.jobs.items() if response_id in kept}
        for job in self.jobs.values():
            job.logged = len(job.made)
            if self.states:
                job.destinations = None


@dataclass
class Reader:
    """One response at one gateway, and what its viewers have been shown of it."""

    request: Request
    follows: bool = True
    left_at: int = 0
    cursor: Cursor = field(default_factory=Cursor)
    records: list[Record] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


class StagedGateway(GatewayRelay):
    def __init__(self, name: str, staged: StagedRedis, settings: RelaySettings) -> None:
        super().__init__(name, settings, None)
        self.staged = staged
        self.link = StagedLink(staged, settings)

    def connect(self, *, holds: bool) -> float:
        """A new connection, and hello; how long the grace lasts, in seconds."""
        self.link = StagedLink(self.staged, self.settings)
        hello = at_once(self.link.hello(self._run, holds=holds))
        self._run = hello.run
        return hello.grace_s

    def enter(self) -> None:
        at_once(self._enter(self.link))
        self.attach(self.link)


class Gateway:
    """A gateway. `back`: it has said hello to this run of Redis, and put back what it has shown; `up`: it is in."""

    def __init__(self, name: str, staged: StagedRedis, settings: RelaySettings, truth: Truth) -> None:
        self.name, self.staged, self.truth = name, staged, truth
        self.relay = StagedGateway(name, staged, settings)
        self.readers: dict[str, Reader] = {}
        self.kept: dict[str, Shown] = {}  # what it has recorded
        self.read_to = "-"
        self.back_in = 0  # the run of Redis
        self.up = False

    @property
    def back(self) -> bool:
        return self.back_in == self.staged.run

    def start(self) -> None:
        self.relay.connect(holds=False)
        self.enter()

    def shown(self) -> list[Shown]:
        return [*(Shown(r.request, r.records) for r in self.readers.values() if r.records), *self.kept.values()]

    def come_back(self, *, backfills: bool) -> None:
        """After a restart: hello, and what it has shown; its inbox is read from the beginning."""
        self.relay.attach(None)
        self.relay.connect(holds=bool(self.shown()))
        self.back_in, self.read_to, self.up = self.staged.run, "-", False
        for shown in self.shown() if backfills else []:
            at_once(self.relay.backfill(self.relay.link, shown))

    def enter(self) -> None:
        """Registered, whether it was or not, and following."""
        self.relay.enter()
        self.back_in, self.up = self.staged.run, True

    def submit(self, request: Request) -> None:
        reader = self.readers[request.response_id] = Reader(request)
        self._take(reader, first_record(request.response_id))
        at_once(self.relay.submit(Submission(request)))

    def follow(self, request: Request) -> None:
        """Somebody comes to view it here: the feed that is still remembered, or a new one."""
        reader = self.readers.setdefault(request.response_id, Reader(request))
        if at_once(self.relay.follow(request.response_id)):
            reader.follows = True
            self.repair(reader)

    def leave(self, reader: Reader, *, forget: bool) -> None:
        at_once(self.relay.unfollow(reader.request.response_id))
        reader.follows, reader.left_at = False, self.staged.now_ms
        if forget:
            del self.readers[reader.request.response_id]

    def forget_old(self) -> None:
        limit = self.staged.now_ms - KEEP_MS
        self.readers = {i: r for i, r in self.readers.items() if r.follows or r.left_at > limit}
        self.kept.clear()

    def read(self) -> None:
        """What is new in its inbox; what has a gap is repaired from the log."""
        for entry_id, fields in self.staged.command("XRANGE", KEYS.inbox(self.name), self.read_to, "+"):
            self.read_to = "(" + entry_id.decode()
            for record in decode_batch(fields[1]).records:
                reader = self.readers.get(record.response_id)
                if reader is None or not reader.follows:
                    continue
                try:
                    self._take(reader, record)
                except Gap:
                    self.repair(reader)
                    with contextlib.suppress(Gap):
                        self._take(reader, record)

    def repair(self, reader: Reader) -> None:
        link = StagedLink(self.staged, self.relay.settings)
        was, self.relay._link = self.relay._link, link  # the log is read in the grace too
        try:
            for record in at_once(self.relay.log(reader.request.response_id)):
                self._take(reader, record)
        finally:
            self.relay._link = was

    def _take(self, reader: Reader, record: Record) -> None:
        new = reader.cursor.take(record)
        if new:
            reader.records.append(record)
            reader.lines += numbered(record, new)
            self.truth.agree(self.name, record.response_id, reader.lines)


class Recorder:
    """One consumer of `to_record`, in a gateway. What it has saved is what the database holds."""

    def __init__(self, staged: StagedRedis, truth: Truth) -> None:
        self.staged, self.truth = staged, truth
        self.saved: dict[str, list[Line]] = {}
        self.times: dict[str, int] = {}

    def record(self, gateway: Gateway, requests: dict[str, Request], *, dies: bool, keep: bool) -> None:
        """Save all there is; `dies` before it says so, and another consumer begins."""
        relay = gateway.relay
        entries = at_once(self._take(relay.link, gateway.name))
        for response_id in entries.values():
            records = at_once(relay.log(response_id))
            lines = log_lines(records)
            self.truth.agree("the recorder", response_id, lines)
            if not lines or not isinstance(lines[-1][2], Ended):
                raise Broken(f"{response_id} is to be recorded, and has not ended: {lines}")
            if self.saved.setdefault(response_id, lines) != lines:
                raise Broken(f"{response_id} is saved as {lines}, and was as {self.saved[response_id]}")
            self.times[response_id] = self.times.get(response_id, 0) + 1
            if keep:
                gateway.kept[response_id] = Shown(requests[response_id], records)
        if entries and not dies:
            at_once(relay.link.call("recorded", 3_600_000, len(entries), *entries, *entries.values()))

    async def _take(self, link: StagedLink, name: str) -> dict[str, str]:
        left: Any = await link.command("XAUTOCLAIM", KEYS.to_record, GROUP, name, 0, "0-0", "COUNT", 50)
        new: Any = await link.command("XREADGROUP", "GROUP", GROUP, name, "COUNT", 50, "STREAMS", KEYS.to_record, ">")
        found = [*left[1], *(new[0][1] if new else ())]
        return {entry[0].decode(): entry[1][1].decode() for entry in found if entry and entry[1]}


def log_lines(records: list[Record]) -> list[Line]:
    """A whole log by the rule of all readers, which it must not offend."""
    cursor = Cursor()
    lines: list[Line] = []
    for record in records:
        lines += numbered(record, cursor.take(record))
    return lines
