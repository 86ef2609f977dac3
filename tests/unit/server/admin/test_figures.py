"""What a gateway says of itself."""
import pytest

from relay.views import GatewayInfo
from server.admin.figures import Figures
from server.admin.rate import Rate
from server.admission.sockets import Sockets
from tests.unit.server.clock import FakeClock


class Counted:
    """A count, and a rate of it that is asked for each half second."""

    def __init__(self) -> None:
        self.clock, self.count = FakeClock(), 0
        self.rate = Rate(lambda: self.count, self.clock.monotonic)

    def goes_on(self, seconds: float, per_s: int) -> float | None:
        rate = None
        for _ in range(int(seconds * 2)):
            self.clock.at += 0.5
            self.count += per_s // 2
            rate = self.rate.per_s()
        return rate


def test_a_rate_is_not_known_at_once() -> None:
    counted = Counted()
    assert counted.rate.per_s() is None
    assert counted.goes_on(0.5, 100) is None
    assert counted.goes_on(0.5, 100) == 100


def test_a_rate_is_of_the_last_five_seconds() -> None:
    counted = Counted()
    assert counted.goes_on(60, 100) == 100
    assert counted.goes_on(2.5, 200) == pytest.approx(150, abs=11)
    assert counted.goes_on(10, 200) == 200
    assert counted.goes_on(10, 0) == 0


def test_a_rate_that_was_not_asked_for_for_long_is_of_that_time() -> None:
    counted = Counted()
    counted.goes_on(10, 100)
    counted.clock.at += 100
    assert counted.rate.per_s() == pytest.approx(0, abs=1)


def test_figures() -> None:
    clock, sockets = FakeClock(100), Sockets(9)
    figures = Figures("g", sockets, lambda: 0, clock)
    assert figures() == GatewayInfo("g", "ready", 100, 0, 0, 0, None)
    clock.at += 3
    with sockets.admit("ann"), sockets.admit("ann"), sockets.presence.streaming("bob"):
        sockets.draining.set()
        assert figures() == GatewayInfo("g", "draining", 100, 2, 1, 2, 0.0)
