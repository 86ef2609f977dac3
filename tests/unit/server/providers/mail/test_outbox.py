"""Letters on their way out: nobody waits, the few that fail are tried again, and all is carried before the end."""
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from server.providers.mail.errors import MailNotSent
from server.providers.mail.outbox import AT_ONCE, Outbox
from server.providers.mail.schemas import Mail


class Carrier:
    """Fails as it is told, then carries; waits while `gate` is closed."""

    def __init__(self, *errors: MailNotSent) -> None:
        self.errors, self.tries, self.carried = list(errors), 0, list[str]()
        self.gate = asyncio.Event()
        self.gate.set()

    async def send(self, mail: Mail) -> None:
        self.tries += 1
        await self.gate.wait()
        if self.errors:
            raise self.errors.pop(0)
        self.carried.append(mail.to)


@asynccontextmanager
async def running(outbox: Outbox) -> AsyncIterator[None]:
    """To its end, at which all is carried or lost."""
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        tasks.create_task(outbox.run())
        yield
        outbox.close()


async def until(count: Callable[[], int]) -> None:
    while not count():  # noqa: ASYNC110 - a count tells nobody
        await asyncio.sleep(0)


def mail(to: str = "a@example.org") -> Mail:
    return Mail(to, "Subject", "text", "html")


async def test_what_was_posted_is_carried_before_the_end() -> None:
    carrier = Carrier()
    outbox = Outbox(carrier)
    async with running(outbox):
        assert all(outbox.post(mail(f"{n}@example.org")) for n in range(20))
    assert sorted(carrier.carried) == sorted(f"{n}@example.org" for n in range(20))
    assert (outbox.sent, outbox.lost) == (20, 0)


async def test_a_server_that_is_away_is_tried_again_and_a_refusal_for_good_is_not() -> None:
    carrier = Carrier(MailNotSent("away", permanent=False), MailNotSent("away", permanent=False))
    outbox = Outbox(carrier, again_s=(0, 0))
    async with running(outbox):
        outbox.post(mail())
        await until(lambda: outbox.sent)
    assert carrier.tries == 3

    final = Carrier(MailNotSent("no such mailbox", permanent=True))
    outbox = Outbox(final, again_s=(0, 0))
    async with running(outbox):
        outbox.post(mail())
    assert (final.tries, outbox.lost) == (1, 1)


async def test_it_gives_up_after_the_last_pause() -> None:
    carrier = Carrier(*[MailNotSent("away", permanent=False)] * 3)
    outbox = Outbox(carrier, again_s=(0, 0))
    async with running(outbox):
        outbox.post(mail())
        await until(lambda: outbox.lost)
    assert (carrier.tries, outbox.sent) == (3, 0)


async def test_closing_cuts_the_pause_short_for_one_last_try() -> None:
    carrier = Carrier(MailNotSent("away", permanent=False))
    outbox = Outbox(carrier, again_s=(3600, 3600))
    async with running(outbox):
        outbox.post(mail())
        await until(lambda: carrier.tries)
    assert carrier.carried == ["a@example.org"]


async def test_a_full_or_closed_outbox_takes_nothing_more() -> None:
    carrier = Carrier()
    carrier.gate.clear()
    outbox = Outbox(carrier, max_waiting=2)
    async with running(outbox):
        for _ in range(AT_ONCE):
            assert outbox.post(mail("first@example.org"))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        assert [outbox.post(mail()) for _ in range(3)] == [True, True, False]
        carrier.gate.set()
    assert len(carrier.carried) == AT_ONCE + 2
    assert not outbox.post(mail())
    assert outbox.lost == 2
