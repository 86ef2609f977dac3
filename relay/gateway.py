"""The relay as a gateway sees it: submit and follow responses, read the one inbox, keep the registration alive."""
import asyncio
import contextlib
from typing import Protocol

import msgspec
from loguru import logger

from relay.errors import Fenced, RelayAway, RelayError, RelayWait
from relay.link import Hello, Link, ms
from relay.overview import OverviewCalls
from relay.recorder import Recorder
from relay.records import Batch, decode_batch
from relay.settings import RelaySettings
from relay.sift import endings
from relay.views import JobView, Shown, Submission, Submitted, WorkerInfo

__all__ = ["GatewayRelay", "JobView", "Listener", "Shown", "Submission", "Submitted", "WorkerInfo"]

RECONNECT_S = 0.2  # short beside half a grace, in which everybody must have come back
READ_BLOCK_MS = 1000
READ_COUNT = 50  # batches
FOLLOWS_A_RENEWAL = 64  # thousands of them outlast its deadline
BACKFILL_AT_ONCE = 64
BACKFILL_S = 0.3  # how often in a grace it is looked whether more was shown
TAKE_BACK_S = 0.5
CLOCKS_S = 0.02  # so that the grace is over by Redis's clock too


class Listener(Protocol):
    """Who is told of what arrives; called from the event loop, must not block."""

    def on_batch(self, batch: Batch, data: bytes) -> None:
        """`data` is what it was decoded from."""
    def on_up(self, new_run: bool) -> None:
        """The relay is there (again); what was missed is in the logs. `new_run`: Redis has restarted in between."""
    def on_down(self) -> None: ...
    def shown(self) -> list[Shown]:
        """All that this gateway follows, or has shown or recorded in the last 10 s."""


class GatewayRelay(OverviewCalls):
    """One gateway's way to Redis. All calls raise RelayAway while Redis is away or in its grace; none waits for it.

    `submit` makes this gateway the first follower, and sends no batch: who submits knows the numbers 0 and 1
    (`records.first_record`). After a reconnection the relay follows again by itself what this gateway followed.
    """

    def __init__(self, name: str, settings: RelaySettings, listener: Listener | None) -> None:
        super().__init__(name, settings)
        self.listener = listener
        self._recorder = Recorder(name, settings)
        self._run, self._new_run = "", False
        self._cursor = "0-0"  # in the inbox
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
            if self._run not in ("", hello.run):
                self._new_run, self._cursor = True, "0-0"  # ids of the new run may be lower than those seen
            self._run = hello.run
            async with asyncio.TaskGroup() as group:
                reader = group.create_task(self._read_inbox())
                await self._backfill(link, hello)
                await self._enter(link)
                self.attach(link)
                self._tell_up()
                await self._beat(link)
                reader.cancel()
            with contextlib.suppress(RelayError):  # else this gateway is taken back in time
                await self.deregister(link)
        finally:
            await link.close()

    def _tell_up(self) -> None:
        new_run, self._new_run = self._new_run, False
        if self.listener:
            self.listener.on_up(new_run)

    def _go_down(self) -> None:
        if self.up and self.listener:
            self.listener.on_down()
        self.attach(None)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond `leave`."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._leaving.wait(), seconds)

    def _shown(self) -> list[Shown]:
        return self.listener.shown() if self.listener else []

    async def _backfill(self, link: Link, hello: Hello) -> None:
        """For the whole grace: put back what this gateway has shown, and what it finds in its inbox meanwhile."""
        loop = asyncio.get_running_loop()
        till = loop.time() + hello.grace_s + (CLOCKS_S if hello.grace_s else 0)
        sent: dict[str, tuple[int, int]] = {}
        while not self._leaving.is_set() and (left := till - loop.time()) > 0:
            news = []
            for shown in self._shown():
                response_id, records = shown.request.response_id, shown.records
                position = (records[-1].attempt, records[-1].last) if records else (-1, -1)
                if sent.get(response_id) != position:
                    sent[response_id] = position
                    news.append(shown)
            # One after another they would outlast the grace, where the way to Redis is slow.
            for i in range(0, len(news), BACKFILL_AT_ONCE):
                await asyncio.gather(*[self.backfill(link, shown) for shown in news[i:i + BACKFILL_AT_ONCE]])
            await self._pause(min(left, BACKFILL_S))

    async def _enter(self, link: Link) -> None:
        """Keep the registration if it is still good, else make a new one; then follow what is to be followed."""
        try:
            await self.renew(link)
        except Fenced:
            await self.register(link)
        known = {member.decode() for member in await link.command("SMEMBERS", self._keys.follows(self.name))}
        for response_id in known - self._follows:
            await link.call("unfollow", self.name, response_id)
        for number, response_id in enumerate(self._follows - known, 1):
            await self._follow(link, response_id)
            if number % FOLLOWS_A_RENEWAL == 0:
                with contextlib.suppress(Fenced):  # taken back meanwhile: `_beat` finds out, and enters again
                    await self.renew(link)

    async def _beat(self, link: Link) -> None:
        """Until `leave`: stay registered, and take back who does not."""
        loop = asyncio.get_running_loop()
        take_back_at = 0.0
        while not self._leaving.is_set():
            try:
                await self.renew(link)
                if loop.time() >= take_back_at:
                    take_back_at = loop.time() + TAKE_BACK_S
                    if taken := await self.take_back(link):
                        logger.info("took back {} that had gone silent", taken)
            except RelayWait as wait:  # a grace that somebody else's hello began, or Redis is full
                await self._pause(wait.wait_s)
            except Fenced:
                await self._enter(link)
                self._tell_up()
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
                for number, (entry_id, fields) in enumerate(reply[0][1] if reply else ()):
                    if number:  # behind: the others here, who keep the registration alive, must not be as late
                        await asyncio.sleep(0)
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
        self._follows.difference_update([record.response_id for record in endings(batch.records)])
        if self.listener:
            self.listener.on_batch(batch, data)

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
