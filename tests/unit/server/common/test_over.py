"""The end of a connection: what it breaks off, and what it leaves alone."""
import asyncio

import pytest

from server.common.over import Over


async def test_setting_it_breaks_off_what_runs_in_its_block_in_silence() -> None:
    over = Over()
    asyncio.get_running_loop().call_soon(over.set)
    async with over:
        await asyncio.Event().wait()
    assert over.is_set()
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)  # and nothing is left to break this off


async def test_a_block_that_sets_it_runs_on_to_where_it_waits() -> None:
    over, passed = Over(), list[str]()
    async with over:
        over.set()
        over.set()
        passed.append("first")
        await asyncio.sleep(0)
        passed.append("second")
    assert passed == ["first"]


async def test_it_is_set_when_the_block_has_ended_by_itself() -> None:
    over = Over()
    async with over:
        assert not over.is_set()
    assert over.is_set()
    over.set()
    await asyncio.sleep(0)


async def test_a_block_that_sets_it_and_ends_is_not_broken_off() -> None:
    over = Over()
    async with over:
        over.set()
    await asyncio.sleep(0)
    assert over.is_set()


async def test_an_error_of_the_block_comes_out() -> None:
    over = Over()

    async def work() -> None:
        async with over:
            over.set()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await work()
    assert over.is_set()


async def test_a_timeout_of_the_block_s_own_comes_out() -> None:
    with pytest.raises(TimeoutError):
        async with Over():
            raise TimeoutError


async def test_whoever_cancels_the_task_is_obeyed_though_it_is_over_as_well() -> None:
    over, beyond = Over(), list[str]()

    async def work() -> None:
        async with over:
            await asyncio.Event().wait()
        beyond.append("ran on")

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    over.set()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert over.is_set()
    assert beyond == []
