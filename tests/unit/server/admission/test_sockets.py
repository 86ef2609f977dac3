"""Admission of sockets: the limit, and a gateway that drains."""
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


def test_takes_nobody_while_it_drains() -> None:
    sockets = Sockets(limit=9)
    with sockets.admit():
        sockets.draining.set()
        with pytest.raises(Unavailable) as refused, sockets.admit():
            pass
    assert refused.value.code is Code.SERVICE_RESTART
    assert sockets.is_draining
