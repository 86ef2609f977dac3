"""The worker's loop: jobs from the relay into the engine, what the engine makes back to the relay.

One loop does everything that writes, one call after another, in turns: outputs, an append, then what is due. So there
is no task and no lock per response. While an append is under way, or Redis is away, nothing is collected and the engine
merges what it makes meanwhile into one output per response. Signals, settings and exit codes are not known here.
"""
import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Literal

from loguru import logger

from inference.engine.port import Engine, EngineDead, Output
from inference.holds import Holds
from inference.relay_port import Relay
from inference.report import Report
from inference.watchdog import Watchdog
from relay.errors import Fenced, RedisUnfit, RelayAway, RelayError, RelayWait
from relay.views import WorkerInfo

LEASE_EVERY_S = 1.0
LEASE_REST_S = 0.05  # where there were fewer than asked for there may be more, such as one that is tried alone
LEASE_FEW, LEASE_MANY = 16, 128  # in one turn, so that the first of many begin before the last are leased …
LEASE_SHARE = 8  # … but one for each so many that are held: their steps make turns long, and few
LOOK_AHEAD = 64  # one job beyond the engine's capacity for each so many
TAKE_BACK_EVERY_S = 0.5  # of the pause after a death, each of two sightings costs up to so much
SWEEP_EVERY_S = 0.25
NUDGE_BLOCK_MS = 5000
RETRY_S = 0.2  # between tries to reach Redis
GOODBYE_S = 5.0
# Outputs that go out in one append: what a step made for more is told in parts, so that gateways tell the first while
# the next are made ready. Smaller parts cost more than they hasten.
MOST_AT_ONCE = 256

Link = Literal["away", "unregistered", "owes_rejoin", "up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """Times in seconds; see the settings of the same names."""

    name: str
    deadline_s: float = 1.5
    drain_s: float = 30.0
    stall_s: float = 60.0


class Worker:
    """One engine's worker. `clock` gives seconds that only grow, `wall` Unix time in seconds."""

    def __init__(
        self,
        engine: Engine,
        relay: Relay,
        options: WorkerOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._relay, self._options = engine, relay, options
        self._clock, self._wall = clock, wall
        now = clock()
        self._bell = asyncio.Event()  # something happened that the loop should not sleep through
        self._taken = asyncio.Event()  # the loop has taken the last outputs; the engine may be asked again
        self._outputs: list[Output] = []
        self._looks: set[str] = set()  # jobs to look at; no more than are held
        self._link: Link = "away"
        self._told_away = False
        self._restate = self._lease_when_said = False
        self._fatal: Exception | None = None
        self._drain_until = 0.0
        self._renew_at = self._lease_at = self._take_back_at = self._sweep_at = now
        self._watchdog = Watchdog(options.stall_s, now)
        self.report = Report(options.name, engine, started_at=wall(), now=now)
        self.holds = Holds(engine, wall=wall, wake=self._bell.set)

    async def run(self) -> None:
        """Until drained. Raises EngineDead, RedisUnfit, and what starting the engine raises.

        Then the jobs that are held are taken back, not given back: whoever kills engines must not do so for ever.
        """
        async with asyncio.TaskGroup() as group:
            works = (self._run_engine(), self.holds.intake.run(), self._hear_nudges())
            tasks = [group.create_task(self._watch(work)) for work in works]
            await self._serve()
            for task in tasks:
                task.cancel()
        if self._fatal:
            raise self._fatal

    def drain(self) -> None:
        """Lease no more, finish what is held within `drain_s`, give back the rest, leave."""
        if self.report.state != "draining":
            self.report.state = "draining"
            self._drain_until = self._clock() + self._options.drain_s
            self._renew_at = self._clock()
            self._bell.set()

    async def _watch(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:
            self._fatal = error
            self._bell.set()

    async def _run_engine(self) -> None:
        await self._engine.start(self.report.progress)
        self.report.started()
        logger.info("{} is ready, {} responses side by side", self._engine.model, self._engine.capacity)
        self._renew_at = self._lease_at = self._clock()
        self._bell.set()
        while True:
            self._outputs = await self._engine.outputs()
            self._taken.clear()
            self._bell.set()
            await self._taken.wait()

    async def _hear_nudges(self) -> None:
        while True:
            try:
                nudges = await self._relay.nudges(NUDGE_BLOCK_MS)
            except RelayError:
                await asyncio.sleep(RETRY_S)  # the loop's own calls say what is wrong
                continue
            for nudge in nudges:
                if nudge.kind == "look":
                    self._looks.add(nudge.response_id)
                else:
                    self._lease_at = self._clock()
            if nudges:
                self._bell.set()

    async def _serve(self) -> None:
        while not self._fatal and not self._finished():
            try:
                if self._link != "up":
                    await self._link_up()
                await self._turn()
            except Fenced:
                logger.warning("taken back by others; dropping {} responses and registering anew", len(self.holds))
                self.holds.drop_all()
                self._link = "unregistered"
            except RelayWait as error:
                await asyncio.sleep(error.wait_s)
            except RelayAway as error:
                if not self._told_away:
                    logger.warning("The relay is away: {}", error.message)
                self._link, self._told_away = "away", True
                await asyncio.sleep(RETRY_S)
            except RedisUnfit as error:
                self._fatal = error
        if self._fatal and self.holds:
            await self._say_goodbye(self._give_up())
        else:
            await self._say_goodbye(self._give_back())
            self.holds.drop_all()

    def _finished(self) -> bool:
        return self.report.state == "draining" and (not self.holds or self._clock() >= self._drain_until)

    async def _link_up(self) -> None:
        if self._link == "away":
            self._link = "owes_rejoin" if await self._relay.connect() else "unregistered"
        if self._link == "owes_rejoin":
            kept = await self._relay.rejoin(self.holds.known(self._clock()))
            logger.info("back in the relay with {} of {} responses", len(kept), len(self.holds))
            self.holds.keep(kept, self._clock())
            self._looks, self._restate = kept, True
        else:
            self.holds.drop_all()
            await self._relay.register(self._info())
            logger.info("registered")
        self._link, self._told_away = "up", False
        self._renew_at = self._clock()
        # Before anything is appended: `rejoin` has made the followers of now the destinations, and batches to any other
        # would not be folded if this worker were taken back.
        await self._look()

    async def _turn(self) -> None:
        self._bell.clear()
        self._take_outputs()
        await self._append()
        await self._do_what_is_due()
        if not self.holds.outgoing and not self._outputs:
            await self._rest()

    def _take_outputs(self) -> None:
        if not self._outputs:
            return
        outputs, self._outputs = self._outputs[:MOST_AT_ONCE], self._outputs[MOST_AT_ONCE:]
        if not self._outputs:
            self._taken.set()
        self._watchdog.stepped()
        self.report.rate.add(self.holds.compose(outputs, self._wall()), self._clock())
        if self._lease_when_said and not self.holds.any_silent:
            self._lease_at, self._lease_when_said = self._clock(), False

    async def _append(self) -> None:
        outgoing = self.holds.outgoing
        if outgoing:
            now = self._clock()
            step = outgoing.step(now)
            if step.batches or step.entries or step.destinations or step.ends:
                await self._relay.append(step)
            self.holds.confirm(now)

    async def _do_what_is_due(self) -> None:
        now = self._clock()
        if now >= self._renew_at:
            await self._relay.renew(self._info())
            self._renew_at = now + self._options.deadline_s / 3
        if self._looks:
            await self._look()
        if now >= self._lease_at and self._room() > 0:
            await self._lease(now)
        if now >= self._take_back_at:
            if taken := await self._relay.take_back():
                logger.info("took back {} that had gone silent", taken)
            self._take_back_at = now + TAKE_BACK_EVERY_S
        if now >= self._sweep_at:
            self._sweep(now)

    async def _look(self) -> None:
        """Jobs whose followers or cancelling changed; what comes meanwhile is of the next turn."""
        held = set(self.holds.ids)
        looks, self._looks = [response_id for response_id in self._looks if response_id in held], set()
        if not looks:
            return
        try:
            views = await self._relay.look(looks)
        except RelayError:
            self._looks.update(looks)
            raise
        self.holds.heed(views, looks, restate=self._restate)
        self._restate = False

    async def _lease(self, now: float) -> None:
        silent = self.holds.any_silent
        most = max(LEASE_FEW, min(LEASE_MANY, len(self.holds) // LEASE_SHARE))
        asked = min(self._room(), most)
        leased = await self._relay.lease(asked, silent=silent)
        self.report.leased(leased)
        for job in leased:
            self.holds.take(job, now)
        self._lease_at = now + (LEASE_EVERY_S if not leased else LEASE_REST_S if len(leased) < asked else 0)
        self._lease_when_said = silent and not leased  # a suspect may be waiting for that

    def _room(self) -> int:
        """How many jobs may be leased now: what the engine can run, and a few to follow at once."""
        if self.report.state != "ready" or self.holds.tries_suspect:
            return 0
        capacity = self._engine.capacity
        return capacity + -(-capacity // LOOK_AHEAD) - len(self.holds)

    def _sweep(self, now: float) -> None:
        self._sweep_at = now + SWEEP_EVERY_S
        self.holds.sweep(now)
        if self._outputs or not self.holds.any_in_engine:
            self._watchdog.stepped()
        if self._watchdog.dead(now):
            self._fatal = EngineDead(f"The engine made no step for {self._options.stall_s:g} s though requests run.")

    async def _rest(self) -> None:
        """Until the bell rings or something is due."""
        due_at = min(self._renew_at, self._take_back_at, self._sweep_at)
        if self._room() > 0:
            due_at = min(due_at, self._lease_at)
        alarm = asyncio.get_running_loop().call_later(max(0.0, due_at - self._clock()), self._bell.set)
        try:
            await self._bell.wait()
        finally:
            alarm.cancel()

    async def _say_goodbye(self, last_words: Coroutine[Any, Any, None]) -> None:
        try:
            async with asyncio.timeout(GOODBYE_S):
                await last_words
                await self._relay.leave()
        except (RelayError, TimeoutError):
            logger.warning("left without a goodbye; what is still held will be taken back")

    async def _give_back(self) -> None:
        if self._link == "up" and self.holds:
            while self._outputs:
                self._take_outputs()
            await self._append()  # live viewers get what there is; the logs get it with `release`
            held = self.holds.held()
            logger.info("giving back {} responses", len(held))
            await self._relay.release(held)

    async def _give_up(self) -> None:
        """The engine is gone. Who registers is taken back: it counts as a crash, and nobody waits for a deadline."""
        logger.info("giving up {} responses", len(self.holds))
        self.report.state = "draining"  # or it would be told of the work that there is now
        if self._link == "up":
            await self._relay.register(self._info())

    def _info(self) -> WorkerInfo:
        return self.report.info(len(self.holds.intake), self._clock())
