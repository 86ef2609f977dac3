"""A state machine over the relay's scripts: workers, gateways, a recorder, and whatever may befall them, in any order.

What must hold is said in `promises.py`. Its actors are those of the model (tests/model), over more than one response.
Few rules, each with much to draw: so that a history of thirty steps goes far.
"""
import contextlib
import sys
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from relay.errors import LinkLost, RelayError, RelayWait
from relay.job import Request
from relay.settings import RelaySettings
from tests.integration.relay.actors import Gateway, Reader, Recorder, Truth, Worker
from tests.integration.relay.promises import Promises
from tests.integration.relay.staged import Fate, InGrace, StagedRedis, at_once
from tests.integration.relay.world import ended, make_late, request

RESPONSES = 3
WORKERS = 2  # at one time
T = TypeVar("T")

which = st.integers(0, 3)
fates: st.SearchStrategy[Fate] = st.sampled_from(["late", "never", "unanswered"])
moves = st.lists(st.tuples(st.sampled_from(["work", "work", "read", "gateway"]), which), max_size=6)


def pick(items: Sequence[T], number: int) -> T:
    """What a number means depends on who is there."""
    return items[number % len(items)]


class RelayMachine(RuleBasedStateMachine):
    """`staged` is given by the test. `remembers` and `returns`: gateways keep, and put back, what they have shown;
    `states`: workers state the destinations after they have rejoined.
    """

    staged: ClassVar[StagedRedis]
    remembers = True
    returns = True
    states = True

    def __init__(self) -> None:
        super().__init__()
        self.staged.reset()
        self.settings = RelaySettings("unix://staged", max_crashes=1000)
        self.truth = Truth()
        self.requests: dict[str, Request] = {}
        self.gateways = [Gateway(name, self.staged, self.settings, self.truth) for name in ("ga", "gb")]
        self.workers: list[Worker] = []
        self.gone: list[str] = []  # names of workers that have died, or left
        self.hired = 0
        self.recorder = Recorder(self.staged, self.truth)
        self.promises = Promises(self.staged, self.truth, self.recorder)
        self.promises.strict = self.staged.strict
        self.save_once = True
        self.checked = (0, 0)  # the run and the number of writes that were looked at last
        for gateway in self.gateways:
            gateway.start()
        for _ in range(WORKERS):
            self._hire()

    def _hire(self) -> None:
        worker = Worker(f"w{self.hired}", self.staged, self.settings)
        worker.states = self.states
        worker.start()
        self.workers.append(worker)
        self.hired += 1

    # What users do

    @initialize(store=st.booleans(), both=st.booleans())
    def begin(self, store: bool, both: bool) -> None:
        self._submit(self.gateways[0], store)
        if both:
            self._follow(self.gateways[1], 0)

    @rule(what=st.sampled_from(["follow", "leave", "follow", "leave", "submit", "cancel"]), gateway=which, other=which)
    def use(self, what: str, gateway: int, other: int) -> None:
        chosen = pick(self.gateways, gateway)
        if not chosen.up:
            return
        if what == "submit" and len(self.requests) < RESPONSES:
            self._submit(chosen, other % 2 == 0)
        elif what == "follow":
            self._follow(chosen, other)
        elif what == "leave" and (followed := self._followed(chosen)):
            chosen.leave(pick(followed, other), forget=not self.remembers)
        elif what == "cancel" and other == 0:
            stopped = pick(list(self.requests), other)
            at_once(chosen.relay.cancel(stopped, terminal=[ended("incomplete")]))
            self.promises.may_stop.add(stopped)

    def _submit(self, gateway: Gateway, store: bool) -> None:
        number = len(self.requests) + 1
        asked = request(number, "ann" if number % 2 else "bob", store=store)
        gateway.submit(asked)
        self.requests[asked.response_id] = asked

    def _follow(self, gateway: Gateway, response: int) -> None:
        gateway.follow(pick(list(self.requests.values()), response))

    def _followed(self, gateway: Gateway) -> list[Reader]:
        return [reader for reader in gateway.readers.values() if reader.follows]

    # What gateways do

    @rule(gateway=which, log=st.booleans())
    def read(self, gateway: int, log: bool) -> None:
        self._read(pick(self.gateways, gateway), log=log)

    @rule(gateway=which)
    def read_inbox(self, gateway: int) -> None:
        self._read(pick(self.gateways, gateway), log=False)

    def _read(self, gateway: Gateway, *, log: bool) -> None:
        if gateway.back:
            gateway.read()
            for reader in self._followed(gateway) if log else []:
                gateway.repair(reader)

    @rule(gateway=which)
    def lose_gateway(self, gateway: int) -> None:
        """It was silent for too long, and is there again at the second time."""
        chosen = pick(self.gateways, gateway)
        if not chosen.up:
            chosen.enter()
            return
        self._make_late("gateways", chosen.name)
        at_once(chosen.relay.take_back(chosen.relay.link))
        chosen.up = False

    @rule(dies=st.booleans())
    def record(self, dies: bool) -> None:
        gateway = self.gateways[1]
        if gateway.up:
            self.save_once = self.save_once and not dies
            self.recorder.record(gateway, self.requests, dies=dies, keep=self.remembers)

    # What workers do: each turn is one call, of the kind that is due

    @rule(worker=which, count=st.integers(1, 2), logs=st.booleans(), looks=st.booleans())
    def work(self, worker: int, count: int, logs: bool, looks: bool) -> None:
        self._work(pick(self.workers, worker), count, logs=logs, looks=looks)

    @rule(worker=which)
    def make(self, worker: int) -> None:
        self._work(pick(self.workers, worker), 1, logs=False, looks=False)

    @rule(worker=which)
    def make_more(self, worker: int) -> None:
        self._work(pick(self.workers, worker), 2, logs=False, looks=True)

    def _work(self, worker: Worker, count: int, *, logs: bool, looks: bool) -> None:
        with contextlib.suppress(RelayWait, InGrace):
            if not worker.linked:
                worker.rejoin()
            elif worker.jobs:
                worker.append(count, logs=logs, looks=looks)
            else:
                worker.lease(count)
        self._end_grace()

    @rule(worker=which)
    def lease_more(self, worker: int) -> None:
        chosen = pick(self.workers, worker)
        if chosen.linked:
            chosen.lease(2)

    @rule(worker=which, goes=st.booleans())
    def release(self, worker: int, goes: bool) -> None:
        """To drain; and it goes for good, and another comes."""
        chosen = pick(self.workers, worker)
        if chosen.linked and chosen.jobs:
            chosen.release()
            if goes:
                at_once(chosen.relay.leave())
                self._replace(chosen)

    # What befalls them

    @rule(worker=which)
    def take_back(self, worker: int) -> None:
        """One that has died, or that was silent for long and does not know; it may go on at any time."""
        there = self.staged.facts().workers
        names = [name for name in [*self.gone, *(w.name for w in self.workers)] if name in there]
        gateway = next((g for g in self.gateways if g.up), None)
        if names and gateway:
            self._make_late("workers", pick(names, worker))
            at_once(gateway.relay.take_back(gateway.relay.link))

    @rule(worker=which)
    def die(self, worker: int) -> None:
        self._replace(pick(self.workers, worker))

    def _replace(self, worker: Worker) -> None:
        self.workers.remove(worker)
        self.gone.append(worker.name)  # one that left too: that may be lost, and then it is to be taken back
        self._hire()

    @rule(worker=which, fate=fates, call=st.sampled_from(["append", "append", "append", "lease", "release", "rejoin"]))
    def break_connection(self, worker: int, fate: Fate, call: str) -> None:
        """Under a call, which may still be executed."""
        chosen = pick(self.workers, worker)
        acts: dict[str, Callable[[], None]] = {
            "append": lambda: chosen.append(1, logs=False, looks=False), "lease": lambda: chosen.lease(1),
            "release": chosen.release, "rejoin": lambda: chosen.rejoin(fate)}
        if not chosen.linked or (call == "append" and any(job.destinations is None for job in chosen.jobs.values())):
            return
        if call != "rejoin":
            chosen.relay.doom(fate)
        with contextlib.suppress(LinkLost, InGrace):
            acts[call]()
        self._end_grace()

    @precondition(lambda self: self.staged.flying)
    @rule(call=which)
    def land(self, call: int) -> None:
        """What was under way on a connection that broke is executed after all."""
        verb, args = pick(self.staged.flying, call)
        self.staged.flying.remove((verb, args))
        with contextlib.suppress(RelayError):
            self.staged.execute(verb, args, self.settings)

    @rule(lost=st.integers(0, 6), first=moves, second=moves)
    def restart(self, lost: int, first: list[tuple[str, int]], second: list[tuple[str, int]]) -> None:
        """Redis restarts. What is tried in the halves of the grace: only gateways must have come back by its second
        half; a worker may sleep through it.
        """
        self.staged.restart(lost)
        self.save_once = False
        for gateway in self.gateways:
            gateway.relay.attach(None)
            gateway.up = False
        self._move(first)
        for gateway in self.gateways:
            self._come_back(gateway)
        if self._in_grace():
            self.staged.now_ms = self.staged.facts().half
        self._move(second)
        if self._in_grace():
            self.staged.now_ms = self.staged.facts().grace_until
        for gateway in self.gateways:
            gateway.enter()
        self._time_passes(1)

    def _move(self, made: list[tuple[str, int]]) -> None:
        for what, number in made:
            if what == "gateway":
                self._come_back(pick(self.gateways, number))
            elif what == "read":
                self._read(pick(self.gateways, number), log=number > 1)
            else:
                with contextlib.suppress(RelayWait, InGrace):
                    self._work_in_grace(pick(self.workers, number))

    def _work_in_grace(self, worker: Worker) -> None:
        if not worker.linked:
            worker.rejoin()
        elif worker.jobs:
            worker.append(1, logs=False, looks=False)
        else:
            worker.lease(1)

    def _come_back(self, gateway: Gateway) -> None:
        if not gateway.back:
            gateway.come_back(backfills=self.returns)

    def _end_grace(self) -> None:
        """One that began late, for a worker that slept: nobody has anything else to put back."""
        if self._in_grace():
            self.staged.now_ms = self.staged.facts().grace_until
            self._time_passes(1)

    def _in_grace(self) -> bool:
        return self.staged.now_ms < self.staged.facts().grace_until

    @rule()
    def long_pass(self) -> None:
        """So long that nothing of before can be lost any more, and what nobody needs is forgotten."""
        self._time_passes(11_000)
        self.staged.past.clear()
        for gateway in self.gateways:
            gateway.forget_old()

    def _make_late(self, kind: str, name: str) -> None:
        """It was silent, and was sighted so; not before a grace, which would not count."""
        self._time_passes(max(0, self.staged.facts().grace_until + 6000 - self.staged.now_ms))
        make_late(self.staged.client, kind, name, now_ms=self.staged.now_ms)

    def _time_passes(self, ms: int) -> None:
        """Whoever is there says so meanwhile."""
        if ms:
            self.staged.now_ms += ms
            for gateway in self.gateways:
                if gateway.up:
                    gateway.enter()
            for worker in self.workers:
                if worker.linked:
                    worker.renew()

    # What must hold

    @invariant()
    def holds(self) -> None:
        if self.checked != (self.staged.run, self.staged.writes):
            self.checked = self.staged.run, self.staged.writes
            self.promises.check(self.requests, self.workers)

    def teardown(self) -> None:
        if sys.exc_info()[0] is None and self.requests:
            self.settle()

    def settle(self) -> None:
        """From here on nothing goes wrong: everything must end, whole, for all who follow."""
        for gateway in self.gateways:
            gateway.enter()
        for name in self.gone:
            if name in self.staged.facts().workers:
                self._make_late("workers", name)
                at_once(self.gateways[0].relay.take_back(self.gateways[0].relay.link))
        for _ in range(60):
            if all(look.job.get("state") == "ended" for look in self.promises.look(self.requests)):
                break
            for worker in self.workers:
                self._work(worker, 3, logs=False, looks=True)
                if worker.linked:
                    worker.lease(3)
        self.recorder.record(self.gateways[0], self.requests, dies=False, keep=True)
        for gateway in self.gateways:
            self._read(gateway, log=True)
        self.promises.check(self.requests, self.workers)
        self.promises.check_ended(self.requests, self.gateways, save_once=self.save_once)
