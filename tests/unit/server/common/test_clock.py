"""The machine's clock."""
import time

from server.common.clock import Clock, SystemClock


async def test_the_system_clock_is_the_machine_s() -> None:
    clock: Clock = SystemClock()
    assert abs(clock.now() - time.time()) < 1
    before = clock.monotonic()
    await clock.sleep(0.001)
    assert clock.monotonic() > before
