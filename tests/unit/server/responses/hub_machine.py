"""A state machine over the session and the hub: batches in any order, twice or never, several attempts, histories that
are lost; clients that come, are slow, leave and resume from anywhere; the way to the relay broken and whole again.
"""
import asyncio
import json
import sys
from dataclasses import dataclass, field

import orjson
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from relay.events import Delta
from relay.records import Record
from server.common.errors import ApiError
from server.common.filters import api_error
from server.responses.feed import Feed, ResponseDiverged
from server.responses.hub import Hub, HubSettings
from server.responses.session import Session, SessionLimits
from server.responses.turns import Action, Close, Send, Start, Turn
from server.responses.viewer import Viewer, ViewerBehind
from tests.unit.server.clock import FakeClock
from tests.unit.server.responses.fakes import AWAY
from tests.unit.server.responses.hub_world import LoggedRelay, Told, attempts_of
from tests.unit.server.responses.story import arrive, stories

TERMINAL = {"response.completed", "response.incomplete", "response.failed"}
LANES = (None, "a")

which = st.integers(0, 7)


@dataclass(eq=False)
class Reading:
    """A turn that follows a response, and all that its client has been sent of it."""

    turn: Turn
    told: Told
    feed: Feed
    viewer: Viewer
    last: int
    text: str = ""
    ended: bool = False
    waited: int = 0  # seconds since it last took something

    def take(self, frames: list[bytes]) -> None:
        self.waited = 0
        for frame in frames:
            event = orjson.loads(frame)
            assert event["sequence_number"] > self.last, f"{event} comes after number {self.last}"
            assert not self.ended, f"{event} comes after the end"
            self.last = event["sequence_number"]
            self.text += event.get("delta", "")
            self.ended = event["type"] in TERMINAL
        self.check()

    def check(self) -> None:
        """What it has is one history's text from its place up to where it is: never a mixture, nothing left out."""
        spoken = []
        for branch in self.told.branches:
            lines = [line for line in branch if self.turn.after < line[0] <= self.last]
            if any(number == self.last for number, _ in branch):
                spoken.append("".join(event.text for _, event in lines if isinstance(event, Delta)))
        assert self.text in spoken or self.last == self.turn.after, f"{self.text!r} was sent, of {spoken!r}"


@dataclass(eq=False)
class Client:
    """One socket."""

    session: Session = field(default_factory=lambda: Session(SessionLimits()))
    readings: list[Reading] = field(default_factory=list)
    closed: bool = False
    asked: int = 0
    answered: int = 0  # turns that have come to their end, or to an error


class HubMachine(RuleBasedStateMachine):
    """One gateway, three sockets with two lanes each, two responses."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.relay = LoggedRelay()
        self.hub = Hub(HubSettings(), self.clock)
        self.hub.use(self.relay)
        self.hub.on_up(False)
        self.clients = [Client(), Client(), Client()]
        self.batches: list[Record] = []
        self.lost: set[tuple[str, int]] = set()  # responses, and numbers of histories that Redis has lost
        self.wavered: set[str] = set()  # responses of which the hub may have had such

    @initialize(one=stories(), two=stories())
    def begin(self, one: list[Record], two: list[Record]) -> None:
        for number, records in enumerate((one, two)):
            told = self.relay.begin(number, attempts_of(records))
            self.hub.open(told.request)
        self._ask(self.clients[0], None, "resp_0", -1)

    def _told(self, number: int) -> Told:
        return self.relay.told[f"resp_{number % 2}"]

    # The worker and the relay

    @rule(response=which, count=st.integers(1, 6), logs=st.booleans(), arrives=st.booleans())
    def make(self, response: int, count: int, logs: bool, arrives: bool) -> None:
        told = self._told(response)
        made = [record for _ in range(count) if (record := told.make())]
        if logs:
            told.logged = len(told.records)
        self.relay.show(told)
        if arrives and not self.relay.error:
            self._arrive(made)
        else:
            self.batches += made

    @precondition(lambda self: self.batches and not self.relay.error)
    @rule(one=which, count=st.integers(1, 5), again=st.booleans())
    def arrive(self, one: int, count: int, again: bool) -> None:
        """Some of what is under way, from anywhere, and perhaps once more later."""
        start = one * len(self.batches) // 8
        chosen = self.batches[start:start + count]
        if not again:
            del self.batches[start:start + count]
        self._arrive(chosen)

    def _arrive(self, records: list[Record]) -> None:
        for record in records:
            if (record.response_id, record.last) in self.lost:
                self.wavered.add(record.response_id)
        arrive(self.hub, *records, at=self.clock.now())

    @precondition(lambda self: not self.relay.error)
    @rule(response=which, count=st.integers(1, 4))
    def lose(self, response: int, count: int) -> None:
        """Redis loses the last events, with everybody who knew of them but perhaps this gateway and its clients."""
        told = self._told(response)
        response_id = told.request.response_id
        numbers = told.lose(count)
        self.relay.show(told)
        self.lost |= {(response_id, number) for number in numbers}
        feed = self.hub.find(response_id)
        if feed is not None and (feed.transcript.cursor.last in numbers or feed.has_gap):
            self.wavered.add(response_id)

    @rule(down=st.booleans(), new_run=st.booleans())
    def link(self, down: bool, new_run: bool) -> None:
        if down and not self.relay.error:
            self.relay.error = AWAY
            self.hub.on_down()
        elif not down and self.relay.error:
            self.relay.error = None
            self.hub.on_up(new_run)

    # Time

    @rule()
    def repair(self) -> None:
        self.runner.run(self.hub.repair())

    @rule(count=st.sampled_from([1, 1, 3, 8, 16]))
    def seconds(self, count: int) -> None:
        for second in range(count):
            if second == 2:  # the log has by then what batches had
                for told in self.relay.told.values():
                    told.logged = len(told.records)
                    self.relay.show(told)
            self.clock.at += 1
            for reading in self._readings():
                reading.waited += 1
            self.runner.run(self._tick())

    async def _tick(self) -> None:
        await self.hub.repair()
        await self.hub.sweep()

    # Clients

    @rule(client=which, lane=st.sampled_from(LANES), response=which, after=st.sampled_from(["begin", "known", "any"]),
          number=which)
    def ask(self, client: int, lane: str | None, response: int, after: str, number: int) -> None:
        """Resume a response from its beginning, or behind a number that somebody has been sent."""
        told = self._told(response)
        numbers = [n for branch in told.branches[-1:] for n, _ in branch]
        if after == "known":
            numbers = [r.last for r in self._readings() if r.told is told] or [-1]
        begin = -1 if after == "begin" else numbers[number * len(numbers) // 8]
        self._ask(self.clients[client % 3], lane, told.request.response_id, begin)

    def _ask(self, client: Client, lane: str | None, response_id: str, after: int) -> None:
        event: dict[str, object] = {"type": "parley:resume", "response_id": response_id}
        event |= {"starting_after": after} if after >= 0 else {}
        event |= {"stream_id": lane} if lane else {}
        actions = client.session.receive_text(json.dumps(event))
        client.asked += 1
        self._perform(client, actions)

    def _perform(self, client: Client, actions: list[Action]) -> None:
        for action in actions:
            match action:
                case Start(turn):
                    self._start(client, turn)
                case Send(frame):
                    assert frame["type"] == "error"
                    client.answered += 1  # the turn's own, or that it was never accepted
                case Close(_, "viewer_behind"):
                    self._closed(client)
                case _:
                    raise AssertionError(f"nobody asked for {action}")

    def _start(self, client: Client, turn: Turn) -> None:
        told = self.relay.told[turn.response_id]
        try:
            feed = self.runner.run(self.hub.attach(turn.response_id))
            viewer = feed.follow(turn.after)
        except Exception as error:
            self._fail(client, turn, api_error(error))
            return
        client.readings.append(Reading(turn, told, feed, viewer, turn.after))

    def _fail(self, client: Client, turn: Turn, error: ApiError) -> None:
        self._is_allowed(turn, error)
        self._perform(client, client.session.failed(turn, error))

    def _is_allowed(self, turn: Turn, error: ApiError) -> None:
        if isinstance(error, ResponseDiverged):
            fits = (turn.response_id, turn.after) not in self.lost
            assert turn.response_id in self.wavered or not fits, "diverged, though its history stands"
        elif not isinstance(error, ViewerBehind):
            assert self.relay.error, f"{error!r} for no reason"

    @rule(client=which)
    def take(self, client: int) -> None:
        self._take(self.clients[client % 3])

    @rule()
    def take_all(self) -> None:
        for client in self.clients:
            self._take(client)

    def _take(self, client: Client) -> None:
        """All that there is for it now."""
        for reading in list(client.readings):
            if client.closed:
                return
            try:
                while frames := self.runner.run(poll(reading.viewer)):
                    reading.take(frames)
            except ApiError as error:
                if isinstance(error, ViewerBehind) and reading.waited < 15:
                    raise AssertionError("it is behind, though it has read") from error
                client.readings.remove(reading)
                self._fail(client, reading.turn, error)
                continue
            if reading.ended:
                client.readings.remove(reading)
                client.answered += 1
                self._perform(client, client.session.ended(reading.turn, None))

    @rule()
    def keep(self) -> None:
        """What it would put back, if Redis lost it, is a piece of one history, without a hole."""
        for shown in self.hub.shown():
            lines = [(record.first + index, event) for record in shown.records
                     for index, event in enumerate(record.events)]
            branches = self.relay.told[shown.request.response_id].branches
            assert any(lines == branch[branch.index(lines[0]):][:len(lines)] for branch in branches
                       if lines[0] in branch)

    @rule(client=which)
    def leave(self, client: int) -> None:
        """The socket is closed; another takes its place."""
        self._closed(self.clients[client % 3])

    def _closed(self, client: Client) -> None:
        for reading in client.readings:
            reading.viewer.close()
        client.closed = True
        self.clients[self.clients.index(client)] = Client()

    def _readings(self) -> list[Reading]:
        return [reading for client in self.clients for reading in client.readings]

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None and self.relay.told:
                self.settle()
        finally:
            self.runner.close()

    def settle(self) -> None:
        """Everything is made and logged, the relay is there: all who follow come to the end of the whole text."""
        self.link(False, False)
        for response in (0, 1):
            self.make(response, 1000, True, False)
        for _ in range(40):  # as many turns as may wait
            self.take_all()
            self.seconds(3)
        assert not self._readings()
        for client in self.clients:
            assert client.answered == client.asked
        for response in (0, 1):
            late = Client()
            self._ask(late, None, f"resp_{response}", -1)
            (reading,) = late.readings
            self._take(late)
            assert reading.ended
            assert reading.last == reading.told.branches[-1][-1][0]


async def poll(viewer: Viewer) -> list[bytes]:
    """What it has now; nothing if it would wait."""
    task = asyncio.ensure_future(viewer.next())
    for _ in range(2):
        await asyncio.sleep(0)
    if not task.done():
        task.cancel()
        await asyncio.wait([task])
        return []
    return task.result()
