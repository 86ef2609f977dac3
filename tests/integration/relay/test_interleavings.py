"""Random walks over all verbs on a real Redis, restarts that lose writes included: nobody is shown two histories."""
import hashlib
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from relay import link, scripts
from relay.errors import Fenced
from relay.events import AnyEvent, Delta, Ended
from relay.records import Cursor, Diverged, Gap, Record, first_record
from relay.settings import RelaySettings
from relay.views import Held, Shown, Step
from tests.integration.relay.half_writes import restore, save
from tests.integration.relay.test_grace import grace
from tests.integration.relay.world import (
    KEYS,
    BareGateway,
    BareWorker,
    Client,
    Running,
    beginning,
    ended,
    make_late,
    request,
)

TOKENS = 15
ID = "resp_00001"


@dataclass
class Worker:
    relay: BareWorker
    job: Running | None = None
    made: list[Record] = field(default_factory=list)  # of this attempt
    logged: int = 0  # how many of them
    destinations: list[str] = field(default_factory=list)

    def drop(self) -> None:
        self.job, self.made, self.logged = None, [], 0

    def held(self) -> list[Held]:
        return [self.job.held(*self.job.leased.records, *self.made)] if self.job else []


@dataclass
class Reader:
    relay: BareGateway
    follows: bool
    cursor: Cursor = field(default_factory=Cursor)
    records: list[Record] = field(default_factory=list)
    shown: list[AnyEvent] = field(default_factory=list)
    read: int = 0

    def take(self, record: Record) -> None:
        if new := self.cursor.take(record):
            self.records.append(record)
            self.shown += new


class Walk:
    """One response, two workers, two gateways, and a die."""

    def __init__(self, client: Client, workers: list[BareWorker], gateways: list[BareGateway], seed: int) -> None:
        self.client, self.die = client, random.Random(seed)
        self.workers = [Worker(worker) for worker in workers]
        self.readers = [Reader(gateways[0], True), Reader(gateways[1], False)]
        self.saved = [save(client)]

    async def run(self, steps: int) -> None:
        await self.readers[0].relay.send(1)
        self.readers[0].take(first_record(ID))
        moves: list[Callable[[], Awaitable[None]]] = [
            self.lease, self.append, self.append, self.append, self.read, self.read, self.take_back, self.rejoin,
            self.release, self.die_and_register, self.follow, self.unfollow, self.restart]
        for _ in range(steps):
            self.saved = [save(self.client), *self.saved[:2]]
            await self.die.choice(moves)()
            self.check()

    async def finish(self) -> None:
        """From here on nothing goes wrong."""
        for _ in range(100):
            for worker in self.workers:
                await self.lease(worker)
                await self.append(worker)
            job = await self.readers[0].relay.find(ID)
            if job is not None and job.state == "ended":
                break
        for reader in self.readers:
            if reader.follows:
                await self.read(reader)
                await self.repair(reader)
        self.check()
        log = [event for r in await self.readers[0].relay.log(ID) for event in r.events]
        made = [event for event in log if isinstance(event, Delta)]
        assert [event.text.split("/")[1] for event in made] == [str(n) for n in range(TOKENS)]
        assert isinstance(log[-1], Ended)
        assert all(reader.shown == log for reader in self.readers if reader.follows)

    def check(self) -> None:
        texts = [reader.shown for reader in self.readers]
        shorter = min(map(len, texts))
        assert texts[0][:shorter] == texts[1][:shorter]

    def any_worker(self) -> Worker:
        return self.die.choice(self.workers)

    async def lease(self, worker: Worker | None = None) -> None:
        worker = worker or self.any_worker()
        if worker.job:
            return
        try:
            for job in await worker.relay.take():
                worker.drop()
                worker.job, worker.destinations = job, job.leased.followers
        except Fenced:
            await worker.relay.register(worker.relay.info())

    async def append(self, worker: Worker | None = None) -> None:
        worker = worker or self.any_worker()
        job = worker.job
        if job is None:
            return
        known = [e for r in [*job.leased.records, *worker.made] for e in r.events]
        count = sum(isinstance(event, Delta) for event in known)
        new: AnyEvent = ended() if count == TOKENS else Delta(f"{job.attempt}-{worker.relay.name}/{count}")
        worker.made.append(job.make(*[] if worker.made else [beginning()], new))
        followers = (await worker.relay.look([ID])).get(ID, ([], False))[0]
        moves = followers != worker.destinations
        ends = {ID: "completed"} if isinstance(new, Ended) else {}
        logs = bool(ends) or moves or self.die.random() < 0.3
        step = Step(
            {gateway: worker.made[-1:] for gateway in worker.destinations},
            worker.made[worker.logged:] if logs else [], {ID: followers} if moves else {}, ends)
        try:
            await worker.relay.append(step)
        except Fenced:
            worker.drop()
            await worker.relay.register(worker.relay.info())
            return
        worker.logged = len(worker.made) if logs else worker.logged
        worker.destinations = followers
        if ends:
            worker.drop()

    async def take_back(self) -> None:
        worker = self.any_worker()
        if self.client.hexists(KEYS.workers, worker.relay.name):
            make_late(self.client, "workers", worker.relay.name)
            await self.readers[0].relay.take_back(self.readers[0].relay.link)

    async def rejoin(self, worker: Worker | None = None) -> None:
        worker = worker or self.any_worker()
        kept = await worker.relay.rejoin(worker.held())
        if ID not in kept:
            worker.drop()
            return
        worker.logged = len(worker.made)
        worker.destinations = self.client.hget(KEYS.job(ID), "destinations").decode().split()

    async def release(self) -> None:
        worker = self.any_worker()
        try:
            await worker.relay.release(worker.held())
        except Fenced:
            await worker.relay.register(worker.relay.info())
        worker.drop()

    async def die_and_register(self) -> None:
        worker = self.any_worker()
        worker.drop()
        await worker.relay.register(worker.relay.info())

    async def follow(self) -> None:
        reader = self.readers[1]
        await reader.relay.follow(ID)
        reader.follows = True
        await self.repair(reader)

    async def unfollow(self) -> None:
        reader = self.die.choice(self.readers)
        await reader.relay.unfollow(ID)
        reader.follows = False

    async def read(self, reader: Reader | None = None) -> None:
        reader = reader or self.die.choice(self.readers)
        batches = await reader.relay.inbox()
        new, reader.read = batches[reader.read:], len(batches)
        for record in [record for batch in new for record in batch.records]:
            try:
                reader.take(record)
            except Gap:
                await self.repair(reader)

    async def repair(self, reader: Reader) -> None:
        for record in await reader.relay.log(ID):
            reader.take(record)

    async def restart(self) -> None:
        """The last one or two writes are lost; all come back within the grace."""
        restore(self.client, self.die.choice(self.saved))
        grace(self.client, half=1)
        for reader in self.readers:
            await reader.relay.backfill(reader.relay.link, Shown(request(1), reader.records))
            reader.read = 0
        grace(self.client, half=2)
        for worker in self.die.sample(self.workers, 2):
            await self.rejoin(worker)
        grace(self.client, half=0)
        for reader in self.readers:
            await reader.relay.register(reader.relay.link)
            if reader.follows:
                await reader.relay.follow(ID)


async def walk_all(url: str, client: Client, seed: int) -> None:
    client.flushall()
    settings = RelaySettings(url, deadline_s=60, max_crashes=1000)
    workers = [await BareWorker(f"w{n}", settings).open() for n in range(2)]
    gateways = [await BareGateway(f"g{n}", settings).open() for n in range(2)]
    try:
        walk = Walk(client, workers, gateways, seed)
        await walk.run(80)
        await walk.finish()
    finally:
        for worker in workers:
            await worker.leave()
        for gateway in gateways:
            await gateway.close()


@pytest.mark.parametrize("seed", range(25))
async def test_nobody_is_shown_two_histories(redis_url: str, client: Client, seed: int) -> None:
    await walk_all(redis_url, client, seed)


BROKEN = {
    "nothing is folded": ("take_back", "in pairs(gateways) do fold_inbox", "in pairs({}) do fold_inbox"),
    "nothing is put back": ("backfill", "add_entries(id, new)", ""),
    "the log is not brought up to date": ("release", "add_entries(p.job.id, p.new)", ""),
    "a token once good stays good": ("append", "if not entry then return fenced() end", """
if not entry then entry = {token, 0, 0, 'tiny', 'ready', 1, '{}'} end"""),
}


@pytest.mark.parametrize("rule", BROKEN)
async def test_a_broken_rule_is_seen(
        redis_url: str, client: Client, rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    verb, whole, broken = BROKEN[rule]
    text = scripts.source(verb)
    assert whole in text
    text = text.replace(whole, broken)
    monkeypatch.setitem(link._SOURCES, verb, text)
    monkeypatch.setitem(link._SHAS, verb, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())

    async def many() -> None:
        for seed in range(60):
            await walk_all(redis_url, client, seed)

    with pytest.raises((AssertionError, Diverged)):
        await many()
