"""What nobody watches and nobody stores is stopped, once."""
import asyncio

import pytest

from relay.errors import RelayAway
from relay.events import AnyEvent, Ended
from server.responses.detach import TICK_S, DetachPolicy
from tests.unit.server.clock import FakeClock


class FakeRelay:
    """`due` are the responses that nobody has followed for long, and what a cancel of each is answered."""

    def __init__(self, due: dict[str, str]) -> None:
        self.due = due
        self.asked: list[float] = []
        self.cancelled: list[tuple[str, str, list[AnyEvent]]] = []
        self.away = 0
        self.called = asyncio.Event()

    async def unwatched(self, for_s: float) -> list[str]:
        self.asked.append(for_s)
        if self.away:
            self.away -= 1
            raise RelayAway
        return list(self.due)

    async def cancel(self, response_id: str, *, reason: str = "cancelled", terminal: list[AnyEvent]) -> str:
        self.cancelled.append((response_id, reason, terminal))
        self.called.set()
        return self.due.pop(response_id)


async def test_stops_what_is_due_and_counts_what_it_stopped() -> None:
    clock = FakeClock()
    relay = FakeRelay({"resp_a": "asked", "resp_b": "ended", "resp_c": "followed", "resp_d": "was_ended"})
    policy = DetachPolicy(relay, clock, 30)
    await policy.apply()
    await policy.apply()
    assert relay.asked == [30, 30]
    end = Ended("incomplete", clock.now(), reason="cancelled")
    assert relay.cancelled == [(f"resp_{name}", "detached", [end]) for name in "abcd"]
    assert policy.stopped == 2


async def test_zero_means_never() -> None:
    relay = FakeRelay({"resp_a": "asked"})
    await DetachPolicy(relay, FakeClock(), 0).apply()
    assert relay.asked == []


async def test_goes_on_when_the_relay_is_back() -> None:
    clock, relay = FakeClock(), FakeRelay({"resp_a": "asked"})
    relay.away = 3
    began = clock.now()
    running = asyncio.create_task(DetachPolicy(relay, clock, 30).run())
    await relay.called.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert clock.now() - began >= 4 * TICK_S
