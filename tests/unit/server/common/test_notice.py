"""An event that calls who has asked for it."""
import asyncio

from server.common.notice import Notice


async def test_it_calls_once_who_has_not_left() -> None:
    notice, called = Notice(), list[str]()

    def stays() -> None:
        called.append("stays")

    def leaves() -> None:
        called.append("leaves")

    notice.call(stays)
    notice.call(leaves)
    notice.forget(leaves)
    notice.forget(leaves)
    assert called == []
    notice.set()
    notice.set()
    assert called == ["stays"]


async def test_who_comes_late_is_called_at_once() -> None:
    notice, called = Notice(), list[str]()
    notice.set()
    notice.call(lambda: called.append("late"))
    assert called == ["late"]


async def test_one_who_is_called_may_leave_and_bring_another() -> None:
    notice, called = Notice(), list[str]()

    def other() -> None:
        called.append("other")

    def first() -> None:
        notice.forget(first)
        notice.call(other)

    notice.call(first)
    notice.set()
    assert called == ["other"]


async def test_it_is_an_event_too() -> None:
    notice = Notice()
    waiting = asyncio.create_task(notice.wait())
    await asyncio.sleep(0)
    notice.set()
    assert await waiting
    assert notice.is_set()
