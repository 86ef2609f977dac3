"""Letters on their way out: whoever writes one does not wait for a mail server, and so cannot be timed by it.

They lie in this process only: what has not been carried when it ends is lost, and is asked for again.
"""
import asyncio
from collections.abc import Sequence
from contextlib import suppress

from loguru import logger

from server.providers.mail.errors import MailNotSent
from server.providers.mail.port import MailCarrier
from server.providers.mail.schemas import Mail

MAX_WAITING = 1000  # beyond it the newest is not taken
AT_ONCE = 4
TRY_AGAIN_S = (2.0, 15.0, 60.0)


class Outbox:
    """`post` never waits; `run` carries until `close`, and then tries what is left once more."""

    def __init__(
            self, carrier: MailCarrier, *, again_s: Sequence[float] = TRY_AGAIN_S,
            max_waiting: int = MAX_WAITING) -> None:
        self.carrier, self.again_s, self.max_waiting = carrier, again_s, max_waiting
        self.sent, self.lost = 0, 0
        self._waiting: asyncio.Queue[Mail | None] = asyncio.Queue()
        self._closed = asyncio.Event()

    def post(self, mail: Mail) -> bool:
        """Whether it was taken; if not, the log says so."""
        if self._closed.is_set():
            self._lose(mail, "this gateway stops")
        elif self._waiting.qsize() >= self.max_waiting:
            self._lose(mail, "too many letters wait already")
        else:
            self._waiting.put_nowait(mail)
            return True
        return False

    async def run(self) -> None:
        """Ends after `close`, when all is carried or given up."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(self._carry())

    def close(self) -> None:
        if not self._closed.is_set():
            self._closed.set()
            for _ in range(AT_ONCE):
                self._waiting.put_nowait(None)

    async def _carry(self) -> None:
        while (mail := await self._waiting.get()) is not None:
            await self._deliver(mail)

    async def _deliver(self, mail: Mail) -> None:
        for pause_s in (*self.again_s, None):
            try:
                await self.carrier.send(mail)
            except MailNotSent as error:
                if error.permanent or pause_s is None or self._closed.is_set():
                    self._lose(mail, error.message)
                    return
                logger.warning("A letter to {} is tried again in {:g} s: {}", mail.to, pause_s, error.message)
                await self._pause(pause_s)
            else:
                self.sent += 1
                return

    async def _pause(self, pause_s: float) -> None:
        """Ends early when the outbox closes: then there is one last try."""
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._closed.wait()

    def _lose(self, mail: Mail, reason: str) -> None:
        self.lost += 1
        logger.error("A letter to {} ({}) was not sent: {}", mail.to, mail.subject, reason)
