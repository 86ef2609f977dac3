"""What is being made for somebody whose account ends."""
from dataclasses import dataclass, field

from relay.errors import RelayAway
from relay.events import AnyEvent, Ended
from server.responses.estate import RunningEstate
from tests.unit.server.clock import FakeClock


@dataclass
class FakeRelay:
    away: bool = False
    cancelled: list[tuple[str, list[AnyEvent]]] = field(default_factory=list)

    async def responses_of(self, user: str) -> list[str]:
        if self.away:
            raise RelayAway
        return {"ann": ["resp_1", "resp_2"], "guest": ["resp_3"]}.get(user, [])

    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str:
        self.cancelled.append((response_id, terminal))
        return "asked"


async def former(user: str) -> list[str]:
    return {"cleo": ["nobody", "guest"]}.get(user, [])


async def test_it_is_stopped() -> None:
    relay, clock = FakeRelay(), FakeClock()
    await RunningEstate(relay, clock, former).erase("ann")
    end = [Ended("incomplete", clock.now(), reason="cancelled")]
    assert relay.cancelled == [("resp_1", end), ("resp_2", end)]
    await RunningEstate(relay, clock, former).erase("bob")
    assert len(relay.cancelled) == 2


async def test_what_a_guest_began_who_became_the_account_is_stopped_too() -> None:
    relay = FakeRelay()
    await RunningEstate(relay, FakeClock(), former).erase("cleo")
    assert [name for name, _ in relay.cancelled] == ["resp_3"]


async def test_of_who_becomes_somebody_it_goes_on() -> None:
    relay = FakeRelay()
    await RunningEstate(relay, FakeClock(), former).hand_over("ann", "bob")
    assert relay.cancelled == []


async def test_while_redis_is_away_the_account_ends_all_the_same() -> None:
    await RunningEstate(FakeRelay(away=True), FakeClock(), former).erase("ann")
