"""What one core can send at all: uvicorn with the gateway's settings, and an application that does nothing but send.

    python -m tests.load.relay.bare_uvicorn --port 8000

Asked for anything, it answers with frames of FRAME_BYTES that look like deltas, for ever and as fast as they go.
"""
import argparse
import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

FRAME_BYTES = 160
START = b'{"type":"response.output_text.delta","item_id":"msg_1","sequence_number":1,"delta":"'
FRAME = (START + b"x" * (FRAME_BYTES - len(START) - 2) + b'"}').decode()

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Rounds:
    """One frame to each socket, and again; the loop gets its turn between two rounds, as with a gateway's batches."""

    def __init__(self) -> None:
        self._sends: dict[Send, None] = {}
        self._task: asyncio.Task[None] | None = None

    def join(self, send: Send) -> None:
        self._sends[send] = None
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    def leave(self, send: Send) -> None:
        self._sends.pop(send, None)

    async def _run(self) -> None:
        event = {"type": "websocket.send", "text": FRAME}
        while True:
            for send in list(self._sends):
                try:
                    await send(event)
                except Exception:  # the socket is gone, however that is said
                    self.leave(send)
            await asyncio.sleep(0)


rounds = Rounds()


async def app(scope: Message, receive: Callable[[], Awaitable[Message]], send: Send) -> None:
    """ASGI, for WebSockets only."""
    await receive()
    await send({"type": "websocket.accept"})
    await receive()
    rounds.join(send)
    while (await receive())["type"] != "websocket.disconnect":
        pass
    rounds.leave(send)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.relay.bare_uvicorn")
    parser.add_argument("--port", type=int, required=True)
    config = uvicorn.Config(
        app, port=parser.parse_args().port, loop="uvloop", lifespan="off", ws="websockets-sansio", log_config=None,
        ws_per_message_deflate=False, access_log=False)
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main()
