"""One answer as it comes in, over each API; also how many tokens its prompt had. No I/O, and next to no work."""
import time

import orjson

from tests.load.histogram import Histogram
from tests.load.turn import DELTA, Turn

CONTENT, EMPTY = b'"delta":{"content":"', b'"delta":{"content":""'
USAGE = b'"choices":[],"usage":{'
DONE = b"[DONE]"
ERROR = b'{"error"'


class ResponseTurn(Turn):
    """Open Responses."""

    __slots__ = ("read",)

    def __init__(self) -> None:
        super().__init__(time.monotonic(), Histogram())
        self.read = 0

    def _end(self, response: dict[str, object], now: float) -> None:
        super()._end(response, now)
        usage = response.get("usage")
        self.read = usage["input_tokens"] if isinstance(usage, dict) else 0


class ChatTurn(ResponseTurn):
    """Chat Completions in chunks as vLLM writes them: text is known by its place and is not parsed."""

    __slots__ = ()

    def hear(self, frame: bytes, now: float) -> bool:
        if CONTENT in frame and EMPTY not in frame:
            return super().hear(DELTA, now)
        if USAGE in frame:
            usage = orjson.loads(frame)["usage"]
            self.tokens, self.read = usage["completion_tokens"], usage["prompt_tokens"]
        elif frame == DONE:
            self.ended = now
        elif frame.startswith(ERROR):
            self.fail(str(orjson.loads(frame)["error"].get("type")), now)
        return self.ended is not None
