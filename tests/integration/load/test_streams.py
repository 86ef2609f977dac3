"""The comparison's SSE client against a server that closes kept connections, as one with a short patience does."""
import asyncio

from tests.load.peers.order import Order
from tests.load.peers.streams import LOST, SseStream, open_streams

EVENTS = (b'data: {"type":"response.output_text.delta","delta":"x"}\n\n'
          b'data: {"type":"response.completed","response":{}}\n\n')
ANSWER = (b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
          b"%x\r\n%b\r\n0\r\n\r\n" % (len(EVENTS), EVENTS))


class Closing(asyncio.Protocol):
    """Answers what comes first on a connection; `whole` says how much of the answer, and then it is closed at once."""

    def __init__(self, whole: bool, closes_when_asked_again: bool) -> None:
        self._answer = ANSWER if whole else ANSWER[:60]
        self._closes_at_once = not closes_when_asked_again
        self._asked = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._asked += 1
        if self._asked == 1:
            self._transport.write(self._answer)  # type: ignore[attr-defined]
        if self._asked > 1 or self._closes_at_once:
            self._transport.close()


async def asked_twice(*, whole: bool, closes_when_asked_again: bool) -> list[str]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Closing(whole, closes_when_asked_again), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    order = Order(way="sse", address=f"http://127.0.0.1:{port}", model="m", streams=1, tokens=16)
    async with server:
        (stream,) = await open_streams(order)
        assert isinstance(stream, SseStream)
        turns = [await stream.ask(str(number), 16) for number in range(2)]
        stream.drop()
    return [turn.error for turn in turns]


async def test_a_connection_that_was_closed_between_two_questions_is_made_anew() -> None:
    assert await asked_twice(whole=True, closes_when_asked_again=False) == ["", ""]
    assert await asked_twice(whole=True, closes_when_asked_again=True) == ["", ""]


async def test_one_that_is_closed_in_the_midst_of_an_answer_is_lost() -> None:
    assert await asked_twice(whole=False, closes_when_asked_again=False) == [LOST, LOST]
