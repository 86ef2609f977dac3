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


@pytest.mark.parametrize(("interval_s", "busy", "expected"), [
    (0.0, 0.98, 0.0), (0.0, 0.99, 0.01),  # everybody is woken at once as long as there is time left
    (0.02, 0.99, 0.03), (0.4, 0.99, 0.5), (0.5, 1.0, 0.5),
    (0.02, 0.95, 0.02), (0.03, 0.92, 0.02), (0.012, 0.92, 0.0),
])
def test_the_interval_follows_the_load(interval_s: float, busy: float, expected: float) -> None:
    pacer = Pacer(interval_s)
    pacer.measure(busy)
    assert pacer.interval_s == pytest.approx(expected)
    assert pacer.on is (expected > 0)


async def test_who_is_due_is_woken_once_at_the_end_of_the_interval() -> None:
    pacer, one, two = Pacer(0.01), Sleeper(), Sleeper()
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
    pacer, sleeper = Pacer(3600.0), Sleeper()
    delay(pacer, sleeper)
    pacer.close()
    assert sleeper.wakes == 1
    pacer.close()
    assert sleeper.wakes == 1
