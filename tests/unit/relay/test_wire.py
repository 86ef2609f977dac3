"""The bytes of a link: answers however they are cut, Redis's errors, and an end."""
from typing import Any

import pytest
from redis.exceptions import ResponseError

from relay.wire import Wire

ANSWERS = b"+OK\r\n$5\r\nhello\r\n*3\r\n:1\r\n$-1\r\n*1\r\n$1\r\nx\r\n-FENCED the token is void\r\n"


class Transport:
    """What a wire asks of one."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.aborted = False

    def set_protocol(self, protocol: object) -> None:
        self.protocol = protocol

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def abort(self) -> None:
        self.aborted = True


class Connection:
    """redis-py's, with a socket open."""

    def __init__(self) -> None:
        self.transport = Transport()
        self._writer = self


class Ends:
    """What a wire has told."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.lost: list[str] = []
        self.wire = Wire(self.answers.append, self.lost.append)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_answers_come_whole_and_in_order_however_they_are_cut(size: int) -> None:
    ends = Ends()
    for at in range(0, len(ANSWERS), size):
        ends.wire.data_received(ANSWERS[at:at + size])
    *answers, error = ends.answers
    assert answers == [b"OK", b"hello", [1, None, [b"x"]]]
    assert isinstance(error, ResponseError)
    assert str(error) == "FENCED the token is void"
    assert not ends.lost


def test_what_is_no_answer_loses_the_link() -> None:
    ends = Ends()
    ends.wire.data_received(b"+OK\r\nHTTP/1.1 400 Bad Request\r\n")
    assert ends.answers == [b"OK"]
    assert [why.partition(":")[0] for why in ends.lost] == ["The connection to Redis broke"]


def test_an_end_is_told_with_its_reason() -> None:
    ends = Ends()
    ends.wire.connection_lost(ConnectionResetError("reset by peer"))
    ends.wire.connection_lost(None)
    assert ends.lost == [
        "The connection to Redis broke: reset by peer", "The connection to Redis broke: it was closed"]


def test_a_command_goes_out_at_once_once_the_socket_is_its() -> None:
    ends, connection = Ends(), Connection()
    ends.wire.abort()  # a connection that was never made may be closed
    ends.wire.take_over(connection)
    assert connection.transport.protocol is ends.wire
    ends.wire.write(("ECHO", b"\xff", 7, 0.5))
    assert connection.transport.written == [b"*4\r\n$4\r\nECHO\r\n$1\r\n\xff\r\n$1\r\n7\r\n$3\r\n0.5\r\n"]
    ends.wire.abort()
    assert connection.transport.aborted
