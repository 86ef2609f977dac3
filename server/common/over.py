"""The end of a connection, as an event that needs no task to wait for it."""
import asyncio
from types import TracebackType


class Over:
    """Set once. Whoever sets it breaks off what runs in its block, which then ends without an error:

        async with over:
            await work()

    It is set as well when the block has ended by itself.
    """

    __slots__ = ("_block", "_is_set")

    def __init__(self) -> None:
        self._is_set = False
        self._block = asyncio.timeout(None)

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        """From in the block, too: it then goes on to where it waits next."""
        if not self._is_set:
            self._is_set = True
            self._block.reschedule(0)  # a time that has passed: at the loop's next turn

    async def __aenter__(self) -> None:
        await self._block.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._is_set = True
        try:
            await self._block.__aexit__(kind, error, trace)
        except TimeoutError:
            return True
        return False
