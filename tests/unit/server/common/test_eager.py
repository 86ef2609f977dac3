"""A coroutine that is begun at once: what it does before it waits is done on return, and the rest in a task."""
import asyncio

import pytest

from server.common.eager import begin


class Ended(Exception):
    """How the test's work ends."""


async def test_what_need_not_wait_is_done_at_once() -> None:
    done: list[int] = []

    async def work() -> None:
        done.append(1)

    assert begin(work()) is None
    assert done == [1]


async def test_what_waits_goes_on_in_a_task() -> None:
    done: list[int] = []
    gates = [asyncio.get_running_loop().create_future() for _ in range(3)]

    async def work() -> None:
        for number, gate in enumerate(gates):
            await gate
            done.append(number)
        await asyncio.sleep(0)  # what yields nothing to wait for
        done.append(3)

    gates[0].set_result(None)  # has come before: no reason to wait
    task = begin(work())
    assert task is not None
    assert done == [0]
    gates[1].set_result(None)
    await asyncio.sleep(0.01)
    assert done == [0, 1]
    gates[2].set_result(None)
    await task
    assert done == [0, 1, 2, 3]


async def test_an_error_comes_out_where_it_happens() -> None:
    async def at_once() -> None:
        raise Ended

    async def later() -> None:
        await asyncio.sleep(0)
        raise Ended

    with pytest.raises(Ended):
        begin(at_once())
    task = begin(later())
    assert task is not None
    with pytest.raises(Ended):
        await task


@pytest.mark.parametrize("after_turns", [0, 3])
async def test_a_cancellation_reaches_it_and_may_be_answered(after_turns: int) -> None:
    heard: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            heard.append("cancelled")
            await asyncio.sleep(0.001)
            heard.append("answered")
            raise
        finally:
            heard.append("left")

    task = begin(work())
    assert task is not None
    for _ in range(after_turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert heard == (["cancelled", "answered", "left"] if after_turns else ["left"])


async def test_who_answers_a_cancellation_ends_well() -> None:
    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return

    task = begin(work())
    assert task is not None
    await asyncio.sleep(0)
    task.cancel()
    await task
