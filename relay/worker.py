"""The relay as a worker sees it: lease jobs, append what they made, give them back."""
import asyncio
import sys
import time
from typing import Any

import msgspec

from relay.errors import Fenced, LinkLost, RelayAway, RelayError, RelayWait
from relay.job import Request, decode_request, encode_request
from relay.keys import Keys
from relay.link import Argument, Link, ms
from relay.records import Record, decode_entry, encode_batch, encode_events, flatten
from relay.settings import RelaySettings
from relay.views import Held, Leased, Nudge, Step, WorkerInfo

__all__ = ["Held", "Leased", "Nudge", "Step", "WorkerInfo", "WorkerRelay"]

NO_LINK_PAUSE_S = 0.2  # before nudges are asked for again while Redis is away
ENTRY_FIELDS = 6  # its last number too

_infos = msgspec.json.Encoder()


class WorkerRelay:
    """One worker's way to Redis, over one plain connection (and another for nudges).

    Every call may raise LinkLost (connect, then rejoin), Fenced (drop everything, then register) and RelayWait (Redis
    has restarted: nothing was written, do the same again in `wait_s`). Only `rejoin` waits by itself.
    """

    def __init__(self, name: str, settings: RelaySettings) -> None:
        self.name, self.settings, self._keys = name, settings, Keys(settings.cell)
        self._link: Link | None = None
        self._nudges: Link | None = None
        self._nudge_cursor = "0-0"
        self._run = self._token = ""
        self._info = WorkerInfo(name, model="")
        self._held: set[str] = set()

    async def connect(self) -> bool:
        """A new connection, and hello. True if this worker was registered before, so that `rejoin` comes next.

        Raises RelayAway if Redis cannot be reached, RedisUnfit if it must not be used.
        """
        await self._close()
        self._link = await Link.open(self.settings)
        hello = await self._link.hello(self._run, holds=bool(self._held))
        self._run = hello.run
        return bool(self._token)

    async def register(self, info: WorkerInfo) -> None:
        """A fresh token. What Redis thinks that a worker of this name holds is taken back."""
        self._info, self._held = info, set()
        token = await self._call(
            "register", "workers", self.name, ms(self.settings.deadline_s), ms(self.settings.log_keep_s),
            *describe(info))
        self._token = token.decode()

    async def renew(self, info: WorkerInfo) -> None:
        """Move the deadline on, and say how full this worker is. At least every third of `deadline_s`."""
        self._info = info
        await self._call("renew", "workers", self.name, self._token, ms(self.settings.deadline_s), *describe(info))

    async def lease(self, n: int, *, silent: bool = False) -> list[Leased]:
        """Up to n jobs; fewer than n does not mean that no more wait.

        `silent`: this worker holds a job that has said nothing yet. A job that has crashed comes alone, and not then;
        who holds one that has said nothing yet must not lease at all.
        """
        s = self.settings
        reply = await self._call(
            "lease", self.name, self._token, n, int(silent), s.max_crashes, ms(s.max_queue_s), ms(s.log_keep_s))
        leased = [_leased(job) for job in reply]
        self._held.update(job.response_id for job in leased)
        return leased

    async def append(self, step: Step) -> None:
        """Write a step as a whole, and move the deadline on."""
        s, now = self.settings, time.time()
        args: list[Argument] = [
            self.name, self._token, ms(s.deadline_s), ms(s.inbox_keep_s), ms(s.log_keep_s),
            len(step.batches), len(step.entries), len(step.destinations), len(step.ends)]
        for gateway, records in step.batches.items():
            args += (gateway, encode_batch(now, records))
        for r in step.entries:
            args += (r.response_id, r.attempt, r.last, r.after, r.first, encode_events(r.events))
        for response_id, gateways in step.destinations.items():
            args += (response_id, "\n".join(sorted(gateways)))
        for response_id, status in step.ends.items():
            args += (response_id, status)
        await self._call("append", *args)
        self._held.difference_update(step.ends)

    async def release(self, held: list[Held]) -> None:
        """Give jobs back, at a token boundary, their tails to the logs; another worker goes on."""
        args: list[Argument] = [self.name, self._token, ms(self.settings.log_keep_s), len(held)]
        for h in held:
            args += (h.response_id, h.attempt, len(h.records), *flatten(h.records))
        await self._call("release", *args)
        self._held.difference_update(h.response_id for h in held)

    async def rejoin(self, held: list[Held]) -> set[str]:
        """After LinkLost: which jobs this worker keeps; it must drop the others without a word.

        Then `look` at those, and state the destinations of each in the next step, its log brought up to date. A job
        whose end Redis knows by now is not kept either.
        """
        s = self.settings
        args: list[Argument] = [
            self.name, ms(s.deadline_s), ms(s.log_keep_s), ms(s.idempotency_keep_s), *describe(self._info), len(held)]
        for h in held:
            args += (h.response_id, h.attempt, h.after, *self._remade(h.request), len(h.records), *flatten(h.records))
        while True:
            try:
                token, kept = await self._call("rejoin", *args)
                break
            except RelayWait as wait:
                await asyncio.sleep(wait.wait_s)
        self._token = token.decode()
        self._held = {response_id.decode() for response_id in kept}
        return set(self._held)

    def _remade(self, request: Request | None) -> tuple[Argument, ...]:
        """What a job is made of again."""
        if request is None:
            return ("",) * 6
        return (
            request.user, request.model, int(request.store), encode_request(request),
            self._keys.idempotency(request.user, request.idempotency_key), request.request_hash)

    async def look(self, ids: list[str]) -> dict[str, tuple[list[str], bool]]:
        """Each job's followers, and whether it is cancelled; one that is gone is missing."""
        reply = await self._call("look", *ids)
        return {job.decode(): (_names(followers), bool(cancelled)) for job, followers, cancelled in reply}

    async def nudges(self, block_ms: int) -> list[Nudge]:
        """Wait for nudges, on a connection of its own; nothing after block_ms, or while Redis is away.

        After a broken connection old ones may come again; each means no more than "look anew".
        """
        try:
            if self._nudges is None:
                self._nudges, self._nudge_cursor = await Link.open(self.settings, scripts=False), "0-0"
            reply = await self._nudges.command(
                "XREAD", "BLOCK", block_ms, "STREAMS", self._keys.commands(self.name), self._nudge_cursor,
                timeout_s=block_ms / 1000 + self.settings.call_timeout_s)
        except RelayAway:
            await self._close_nudges()
            await asyncio.sleep(min(NO_LINK_PAUSE_S, block_ms / 1000))
            return []
        if not reply:
            return []
        entries = reply[0][1]
        self._nudge_cursor = entries[-1][0].decode()
        found = [Nudge(fields[1].decode(), fields[3].decode()) for _, fields in entries]
        return list(dict.fromkeys(found))

    async def take_back(self) -> int:
        """Take back who has been silent for too long; how many were. Each second."""
        taken = 0
        while count := int(await self._call("take_back", ms(self.settings.log_keep_s))):  # one worker a call
            taken += count
        return taken

    async def leave(self) -> None:
        """Say goodbye: what this worker still holds is released, and the connections are closed."""
        try:
            if self._link and self._token:
                await self._call("leave", "workers", self.name, self._token, ms(self.settings.log_keep_s))
        except RelayError:
            pass  # the others find out by themselves
        self._token, self._held = "", set()
        await self._close()
        await self._close_nudges()

    async def _call(self, verb: str, *args: Argument) -> Any:
        if self._link is None:
            raise LinkLost("There is no connection to Redis.")
        try:
            return await self._link.call(verb, *args)
        except LinkLost:
            await self._close()
            raise
        except Fenced:
            self._held = set()
            raise

    async def _close(self) -> None:
        link, self._link = self._link, None
        if link:
            await link.close()

    async def _close_nudges(self) -> None:
        link, self._nudges = self._nudges, None
        if link:
            await link.close()


def describe(info: WorkerInfo) -> tuple[str, str, int, str]:
    """A registry entry's model, state, room and the whole, as JSON."""
    room = max(0, info.capacity - info.running - info.waiting)
    return info.model, info.state, room, _infos.encode(info).decode()


def _names(gateways: list[bytes]) -> list[str]:
    """Each name one object, however many responses go there: to find its batch takes no comparison."""
    return [sys.intern(name.decode()) for name in gateways]


def _leased(job: list[Any]) -> Leased:
    response_id, attempt, crashes, request, log, followers, cancelled, expired, hopeless = job
    name = response_id.decode()
    unreadable = False
    try:
        decoded = decode_request(request)
    except msgspec.DecodeError:  # raised, it would end one worker after another
        decoded, unreadable = Request(name, user="", model="", created_at=0.0, input=[]), True
    records = []
    for i in range(0, len(log), ENTRY_FIELDS):
        *fields, last = log[i:i + ENTRY_FIELDS]
        try:
            records.append(decode_entry(name, fields))
        except ValueError:  # msgspec's errors are ones too; nothing is in it, but it ends where the log does
            records.append(Record(name, int(fields[1]), int(last), int(last) + 1, []))
            unreadable = True
    return Leased(
        name, int(attempt), int(crashes), decoded, records, _names(followers),
        bool(cancelled), bool(expired), bool(hopeless), unreadable)
