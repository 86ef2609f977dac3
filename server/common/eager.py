"""Beginning a coroutine at once, as the eager tasks of Python 3.12 do: what need not wait costs no turn of the loop."""
import asyncio
from collections.abc import Coroutine, Generator
from typing import Any


def begin(work: Coroutine[Any, Any, None]) -> asyncio.Task[None] | None:
    """Run it here until it first has to wait; the task in which it goes on then, or None if it has ended.

    Until then it has no task, so nothing in it may need one (`asyncio.timeout` does). Raises what it raises so far.
    """
    try:
        waits_for = work.send(None)
    except StopIteration:
        return None
    task = asyncio.get_running_loop().create_task(_finish(_Rest(work, waits_for)))
    task.add_done_callback(lambda _: work.close())  # which never saw a cancellation before the task's first step
    return task


class _Rest:
    """What is left of a coroutine that waits for something."""

    def __init__(self, work: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._work, self._waits_for = work, waits_for

    def __await__(self) -> Generator[Any, None, None]:
        waits_for = self._waits_for
        while True:
            try:
                yield waits_for
            except BaseException as error:  # a cancellation: for the coroutine to see
                try:
                    waits_for = self._work.throw(error)
                except StopIteration:
                    return
            else:
                try:
                    waits_for = self._work.send(None)
                except StopIteration:
                    return


async def _finish(rest: _Rest) -> None:
    await rest
