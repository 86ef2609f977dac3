"""One WebSocket that asks for answers, one after another, with a compiled client."""
import asyncio
import time
from contextlib import suppress

from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from tests.load.tally import Tally
from tests.load.turn import Turn

OPEN_S = 30.0
BUFFER_BYTES = 4096
CLOSED = "connection_lost"


class Unreachable(Exception):
    """The socket could not be opened."""


class Asker(WSListener):
    """Made with `open`. `turn` is what it hears of now."""

    def __init__(self, tally: Tally, turn: Turn | None = None) -> None:
        self.tally, self.turn = tally, turn
        self.over = asyncio.Event()  # the turn has ended
        self.heard = asyncio.Event()  # anything of the turn, or its end
        self.transport: WSTransport | None = None

    @classmethod
    async def open(cls, address: str, key: str, tally: Tally, turn: Turn | None = None) -> "Asker":
        """Connect. `turn` is what the address asks for, which may be heard, and be over, on return. Raises Unreachable.
        """
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        began = time.monotonic()
        try:
            _, listener = await ws_connect(
                lambda: cls(tally, turn), address, extra_headers=headers, websocket_handshake_timeout=OPEN_S,
                read_buffer_init_size=BUFFER_BYTES)
        except (WSError, OSError, TimeoutError) as error:
            tally.failed_connects += 1
            raise Unreachable(str(error) or repr(error)) from error
        tally.connects_s.append(time.monotonic() - began)
        assert isinstance(listener, cls)
        return listener

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self.tally.sockets += 1

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        now = time.monotonic()
        if frame.msg_type is not WSMsgType.TEXT:
            if frame.msg_type is WSMsgType.CLOSE:
                self._ended(f"closed_{int(frame.get_close_code().value)}", now)
                transport.send_close(frame.get_close_code())
                transport.disconnect()
            return
        self.heard.set()
        turn = self.turn
        if turn is not None:
            self.tally.deltas += 1
            if turn.hear(frame.get_payload_as_bytes(), now):
                self._done(turn)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.tally.sockets -= 1
        self._ended(CLOSED, time.monotonic())

    def _ended(self, why: str, now: float) -> None:
        if self.turn is not None:
            self.turn.fail(why, now)
            self._done(self.turn)

    def _done(self, turn: Turn) -> None:
        self.turn = None
        self.tally.take(turn.answer())
        self.heard.set()
        self.over.set()

    @property
    def lost(self) -> bool:
        return self.transport is None or self.transport.is_disconnected

    def listen(self, turn: Turn, request: bytes) -> None:
        """From now on what comes is of this turn; ask for it."""
        self.over.clear()
        self.heard.clear()
        self.turn = turn
        if self.lost:
            self._ended(CLOSED, time.monotonic())
        elif self.transport is not None:
            self.transport.send(WSMsgType.TEXT, request)

    async def ask(self, turn: Turn, request: bytes) -> None:
        """Until the answer is there, or the connection is lost."""
        self.listen(turn, request)
        await self.over.wait()

    def pause(self, paused: bool) -> None:
        """Read no more, or again."""
        if self.transport is not None and not self.lost:
            under = self.transport.underlying_transport
            with suppress(RuntimeError):  # it is closing
                (under.pause_reading if paused else under.resume_reading)()

    def drop(self) -> None:
        """As a network does that is gone: without a word."""
        if self.transport is not None:
            self.transport.underlying_transport.abort()

    def unfinished(self) -> None:
        """Whoever waits for a turn that has not ended by now waits no more."""
        if self.turn is not None:
            turn, self.turn = self.turn, None
            self.tally.take(turn.answer())
            self.over.set()
