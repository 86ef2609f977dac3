"""The machine's clock."""
import asyncio
import time
from pathlib import Path

import pytest

from server.common.clock import Clock, SystemClock


async def test_the_system_clock_is_the_machine_s() -> None:
    clock: Clock = SystemClock()
    assert abs(clock.now() - time.time()) < 1
    before = clock.monotonic()
    await clock.sleep(0.001)
    assert clock.monotonic() > before


async def test_what_is_to_come_later_comes_unless_it_is_cancelled() -> None:
    clock, came = SystemClock(), asyncio.Event()
    clock.later(0, lambda: pytest.fail("it was cancelled")).cancel()
    clock.later(0, came.set)
    await came.wait()


def test_a_thread_that_works_is_busy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    clock = SystemClock()
    before, began = clock.busy_s(), time.thread_time()
    while time.thread_time() < began + 0.02:
        pass
    assert clock.busy_s() - before >= 0.01  # the kernel counts in ticks
    monkeypatch.setattr("server.common.clock.SCHEDULER", tmp_path / "none")
    assert clock.busy_s() == pytest.approx(time.thread_time(), abs=0.01)
