"""The relay as a gateway sees it: submit and follow responses, read the one inbox, keep the registration alive."""
import asyncio
import contextlib
from typing import Any, Protocol

import msgspec
from loguru import logger

from relay.errors import Fenced, RelayAway, RelayError, RelayWait
from relay.events import AnyEvent
from relay.job import Request
from relay.keys import Keys
from relay.link import Argument, Hello, Link, ms
from relay.recorder import Recorder
from relay.records import (
    FIRST_EVENTS,
    Batch,
    Record,
    decode_batch,
    decode_entry,
    encode_batch,
    encode_events,
    flatten,
    merge,
)
from relay.settings import RelaySettings
from relay.views import JobView, Shown, Submission, Submitted, WorkerInfo, job_view, live_workers

__all__ = ["GatewayRelay", "JobView", "Listener", "Shown", "Submission", "Submitted", "WorkerInfo"]

RECONNECT_S = 0.2  # short beside half a grace, in which everybody must have come back
READ_BLOCK_MS = 1000
READ_COUNT = 500  # batches
BACKFILL_S = 0.3  # how often in a grace it is looked whether more was shown
TAKE_BACK_S = 1.0

_requests = msgspec.msgpack.Encoder()


class Listener(Protocol):
    """Who is told of what arrives; called from the event loop, must not block."""

    def on_batch(self, batch: Batch) -> None: ...
    def on_up(self, new_run: bool) -> None:
        """The relay is there (again); what was missed is in the logs. `new_run`: Redis has restarted in between."""
    def on_down(self) -> None: ...
    def shown(self) -> list[Shown]:
        """All that this gateway follows, or has shown or recorded in the last 10 s."""


class GatewayRelay:
    """One gateway's way to Redis. All calls raise RelayAway while Redis is away or in its grace; none waits for it.

    `submit` makes this gateway the first follower, and sends no batch: who submits knows the numbers 0 and 1
    (`records.first_record`). After a reconnection the relay follows again by itself what this gateway followed.
    """

    def __init__(self, name: str, settings: RelaySettings, listener: Listener | None) -> None:
        self.name, self.settings, self.listener = name, settings, listener
        self.up = False
        self._keys = Keys(settings.cell)
        self._link: Link | None = None
        self._recorder = Recorder(name, settings)
        self._run = self._token = ""
        self._cursor = "0-0"  # in the inbox
        self._follows: set[str] = set()
        self._leaving, self._left = asyncio.Event(), asyncio.Event()
        self._left.set()

    async def run(self) -> None:
        """For ever: connect, hello, register, renew, backfill in a grace, read the inbox, take back; reconnect.

        Returns after `leave`. Raises RedisUnfit if Redis must not be used.
        """
        self._left.clear()
        try:
            while not self._leaving.is_set():
                try:
                    await self._session()
                except* RelayAway as away:
                    logger.debug("relay: {}", away.exceptions[0])
                finally:
                    self._go_down()
                await self._pause(RECONNECT_S)
        finally:
            self._left.set()

    async def _session(self) -> None:
        """One connection, from hello to its loss."""
        link = await Link.open(self.settings)
        try:
            hello = await link.hello(self._run, holds=any(self._shown()))
            new_run, self._run = self._run not in ("", hello.run), hello.run
            if new_run:
                self._cursor = "0-0"  # ids of the new run may be lower than those seen
            async with asyncio.TaskGroup() as group:
                reader = group.create_task(self._read_inbox())
                await self._backfill(link, hello)
                await self._enter(link)
                self._link, self.up = link, True
                if self.listener:
                    self.listener.on_up(new_run)
                await self._beat(link)
                reader.cancel()
            with contextlib.suppress(RelayError):  # else this gateway is taken back in time
                await link.call("leave", "gateways", self.name, self._token, ms(self.settings.log_keep_s))
        finally:
            await link.close()

    def _go_down(self) -> None:
        if self.up and self.listener:
            self.listener.on_down()
        self.up, self._link = False, None

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond `leave`."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._leaving.wait(), seconds)

    def _shown(self) -> list[Shown]:
        return self.listener.shown() if self.listener else []

    async def _backfill(self, link: Link, hello: Hello) -> None:
        """For the whole grace: put back what this gateway has shown, and what it finds in its inbox meanwhile."""
        loop = asyncio.get_running_loop()
        till = loop.time() + hello.grace_s
        sent: dict[str, tuple[int, int]] = {}
        while not self._leaving.is_set() and (left := till - loop.time()) > 0:
            for shown in self._shown():
                request, records = shown.request, shown.records
                position = (records[-1].attempt, records[-1].last) if records else (-1, -1)
                if sent.get(request.response_id) != position:
                    sent[request.response_id] = position
                    await link.call("backfill", *self._backfill_args(request, merge(records)))
            await self._pause(min(left, BACKFILL_S))

    def _backfill_args(self, request: Request, records: list[Record]) -> list[Argument]:
        return [
            self.name, request.response_id, request.user, request.model, int(request.store), _requests.encode(request),
            int(request.response_id in self._follows), ms(self.settings.log_keep_s), len(records), *flatten(records)]

    async def _enter(self, link: Link) -> None:
        """Keep the registration if it is still good, else make a new one; then follow what is to be followed."""
        try:
            await self._renew(link)
        except Fenced:
            token = await link.call(
                "register", "gateways", self.name, ms(self.settings.deadline_s), ms(self.settings.log_keep_s),
                "", "ready", 0, "")
            self._token = token.decode()
        known = {member.decode() for member in await link.command("SMEMBERS", self._keys.follows(self.name))}
        for response_id in known - self._follows:
            await link.call("unfollow", self.name, response_id)
        for response_id in self._follows - known:
            await self._follow(link, response_id)

    async def _renew(self, link: Link) -> None:
        await link.call(
            "renew", "gateways", self.name, self._token, ms(self.settings.deadline_s), "", "ready", 0, "")

    async def _beat(self, link: Link) -> None:
        """Until `leave`: stay registered, and take back who does not."""
        loop = asyncio.get_running_loop()
        take_back_at = 0.0
        while not self._leaving.is_set():
            try:
                await self._renew(link)
                if loop.time() >= take_back_at:
                    take_back_at = loop.time() + TAKE_BACK_S
                    while await link.call("take_back", ms(self.settings.log_keep_s)):
                        pass  # one worker a call
            except RelayWait as wait:  # a grace that somebody else's hello began, or Redis is full
                await self._pause(wait.wait_s)
            except Fenced:
                await self._enter(link)
                if self.listener:
                    self.listener.on_up(False)
            await self._pause(self.settings.deadline_s / 3)

    async def _read_inbox(self) -> None:
        """A connection of its own: this read blocks."""
        link = await Link.open(self.settings, scripts=False)
        inbox = self._keys.inbox(self.name)
        try:
            while True:
                reply = await link.command(
                    "XREAD", "COUNT", READ_COUNT, "BLOCK", READ_BLOCK_MS, "STREAMS", inbox, self._cursor,
                    timeout_s=READ_BLOCK_MS / 1000 + self.settings.call_timeout_s)
                for entry_id, fields in reply[0][1] if reply else ():
                    self._take(fields[1])
                    self._cursor = entry_id.decode()
        finally:
            await link.close()

    def _take(self, data: bytes) -> None:
        try:
            batch = decode_batch(data)
        except (ValueError, msgspec.ValidationError) as error:
            logger.warning("a batch that cannot be read was left out: {}", error)
            return
        self._follows.difference_update(record.response_id for record in batch.records if record.end)
        if self.listener:
            self.listener.on_batch(batch)

    def _alive(self) -> Link:
        if not self.up or self._link is None:
            raise RelayAway
        return self._link

    async def submit(self, submission: Submission) -> Submitted:
        """Raises QueueFull, TooManyInFlight, IdempotencyMismatch, RelayAway.

        Where it is not new, this gateway does not follow it yet.
        """
        request, s = submission.request, self.settings
        key = submission.idempotency_key
        response_id, new, waiting, worker = await self._alive().call(
            "submit", self.name, request.response_id, request.user, request.model, int(request.store),
            _requests.encode(request), encode_events(FIRST_EVENTS),
            self._keys.idempotency(request.user, key) if key else "", submission.request_hash,
            s.max_waiting, s.max_in_flight, ms(s.idempotency_keep_s))
        if new:
            self._follows.add(request.response_id)
        return Submitted(response_id.decode(), bool(new), int(waiting or 0), bool(worker))

    async def follow(self, response_id: str) -> bool:
        """This gateway gets the response's batches from now on; False if there is no such job."""
        link = self._alive()
        self._follows.add(response_id)
        return await self._follow(link, response_id)

    async def _follow(self, link: Link, response_id: str) -> bool:
        found = int(await link.call("follow", self.name, response_id))  # 0 gone, 1 followed, 2 ended
        if found != 1:
            self._follows.discard(response_id)
        return found > 0

    async def unfollow(self, response_id: str) -> None:
        self._follows.discard(response_id)
        await self._alive().call("unfollow", self.name, response_id)

    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str:
        """`ended` (it was never leased; `terminal` is written), `asked` (its worker is nudged), `gone`, `was_ended`.

        The reason `queue_timeout` acts only on a job that was never leased; another is left alone: `leased`.
        """
        record = Record(response_id, attempt=0, after=1, first=2, events=terminal)
        if record.end is None:
            raise ValueError("the last event of `terminal` must be an Ended")
        reply = await self._alive().call(
            "cancel", response_id, reason, encode_batch(record.end.at, [record]), encode_events(terminal),
            record.end.status, ms(self.settings.inbox_keep_s), ms(self.settings.log_keep_s), record.first, record.last)
        return str(reply.decode())

    async def log(self, response_id: str, after: int = -1) -> list[Record]:
        """The log's records that hold numbers beyond `after`, in order; empty where there is none."""
        entries = await self._alive().command("XRANGE", self._keys.log(response_id), "-", "+")
        records = [decode_entry(response_id, fields[1::2]) for _, fields in entries]
        return [record for record in records if record.last > after]

    async def find(self, response_id: str) -> JobView | None:
        fields: list[Any] = await self._alive().command("HGETALL", self._keys.job(response_id))
        return job_view(response_id, dict(zip(fields[::2], fields[1::2], strict=True))) if fields else None

    async def place(self, response_id: str) -> int | None:
        """How many jobs wait before it; None if it does not wait."""
        place = await self._alive().call("place", response_id)
        return None if place is None else int(place)

    async def workers(self) -> list[WorkerInfo]:
        """Those that are registered, by name."""
        return live_workers(await self._alive().command("HGETALL", self._keys.workers))

    async def gateways(self) -> list[str]:
        return sorted(name.decode() for name in await self._alive().command("HKEYS", self._keys.gateways))

    async def waiting(self) -> dict[str, int]:
        """How many jobs wait, by model."""
        return {model.decode(): int(count) for model, count in await self._alive().call("waiting")}

    async def to_record(self, block_ms: int) -> list[str]:
        """Ended `store: true` responses to save; what was not `recorded` comes again. For one task only."""
        self._alive()
        return await self._recorder.take(block_ms)

    async def recorded(self, response_ids: list[str]) -> None:
        """They are saved; their logs are kept an hour from now."""
        await self._alive().call(
            "recorded", ms(self.settings.log_keep_stored_s), *self._recorder.entries(response_ids), *response_ids)
        self._recorder.forget(response_ids)

    async def leave(self) -> None:
        """Say goodbye; `run` returns."""
        self._leaving.set()
        await self._left.wait()
        await self._recorder.close()
