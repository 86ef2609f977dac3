"""When viewers are woken together."""
import asyncio
from typing import cast

import pytest

from server.responses.pacer import Pacer
from server.responses.viewer import Viewer


class Sleeper:
    """Stands where a viewer would: counts its wakes."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        self.wakes = 0

    def wake(self) -> None:
        self.wakes += 1
        self.woken.set()


def delay(pacer: Pacer, sleeper: Sleeper) -> None:
    pacer.delay(cast(Viewer, sleeper))


@pytest.mark.parametrize(("demand", "on", "expected"), [
    (50, False, False), (51, False, True), (41, True, True), (40, True, False),
])
def test_it_is_on_above_the_threshold_and_does_not_flicker(demand: int, on: bool, expected: bool) -> None:
    pacer = Pacer(100.0, 0.01)
    pacer.on = on
    pacer.demand = demand
    pacer.measure(0.5)
    assert pacer.on is expected
    assert pacer.demand == 0


async def test_who_is_due_is_woken_once_at_the_end_of_the_interval() -> None:
    pacer, one, two = Pacer(1.0, 0.01), Sleeper(), Sleeper()
    for _ in range(3):
        delay(pacer, one)
        delay(pacer, two)
    assert (one.wakes, two.wakes) == (0, 0)
    await asyncio.gather(one.woken.wait(), two.woken.wait())
    assert (one.wakes, two.wakes) == (1, 1)
    one.woken.clear()
    delay(pacer, one)
    await one.woken.wait()
    assert (one.wakes, two.wakes) == (2, 1)
    pacer.close()


async def test_closing_wakes_who_is_due() -> None:
    pacer, sleeper = Pacer(1.0, 3600.0), Sleeper()
    delay(pacer, sleeper)
    pacer.close()
    assert sleeper.wakes == 1
    pacer.close()
    assert sleeper.wakes == 1
