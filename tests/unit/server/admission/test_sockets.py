"""Admission of sockets: the limit, and a gateway that drains."""
import asyncio

import pytest

from server.admission.sockets import Sockets
from server.common.errors import Code, LimitReached, Unavailable


def test_refuses_one_more_than_the_limit_until_one_leaves() -> None:
    sockets = Sockets(limit=2)
    with sockets.admit():
        with sockets.admit(), pytest.raises(LimitReached) as refused, sockets.admit():
            pass
        assert refused.value.code is Code.TOO_MANY_SOCKETS
        assert sockets.open == 1
        with sockets.admit():
            assert sockets.open == 2
    assert sockets.open == 0


def test_a_socket_that_fails_gives_its_place_back() -> None:
    sockets = Sockets(limit=1)
    with pytest.raises(ZeroDivisionError), sockets.admit():
        raise ZeroDivisionError
    assert sockets.open == 0


async def test_drains_when_the_last_has_left() -> None:
    sockets = Sockets(limit=9)
    place = sockets.admit()
    place.__enter__()
    drained = asyncio.create_task(sockets.drain(limit_s=30))
    await sockets.draining.wait()
    with pytest.raises(Unavailable) as refused, sockets.admit():
        pass
    assert refused.value.code is Code.SERVICE_RESTART
    assert not drained.done()
    place.__exit__(None, None, None)
    assert await drained


async def test_drain_ends_at_its_limit() -> None:
    sockets = Sockets(limit=9)
    with sockets.admit():
        assert not await sockets.drain(limit_s=0.01)


async def test_an_empty_gateway_drains_at_once() -> None:
    assert await Sockets(limit=1).drain(limit_s=0)
