"""One answer as its frames come in: no I/O, and next to no work, for a generator must cost less than what it measures.

A delta is known by its first bytes and is not parsed; how many tokens there were stands in the terminal event's usage.
"""
from dataclasses import dataclass, field

import orjson

from tests.load.histogram import Histogram
from tests.load.measured import Answer

DELTA = b'{"type":"response.output_text.delta"'
CREATED = b'{"type":"response.created"'
ENDS = (b'{"type":"response.completed"', b'{"type":"response.incomplete"', b'{"type":"response.failed"')
ERROR = b'{"type":"error"'


@dataclass(slots=True, eq=False)
class Turn:
    """Times are monotonic seconds. `began` is when it should have been asked for."""

    began: float
    gaps: Histogram
    first: float | None = None
    last: float = 0.0
    ended: float | None = None
    deltas: int = 0
    tokens: int = 0
    error: str = ""
    created: bytes = b""
    newest: bytes = b""
    slow: bool = field(default=False)

    def hear(self, frame: bytes, now: float) -> bool:
        """Take a frame; true when it was the last one."""
        if frame.startswith(DELTA):
            if self.first is None:
                self.first = now
            else:
                self.gaps.add(now - self.last)
            self.last, self.newest = now, frame
            self.deltas += 1
            return False
        if frame.startswith(CREATED):
            self.created = self.newest = frame
        elif frame.startswith(ENDS):
            self._end(orjson.loads(frame)["response"], now)
        elif frame.startswith(ERROR):
            self.fail(orjson.loads(frame)["error"]["code"], now)
        return self.ended is not None

    def _end(self, response: dict[str, object], now: float) -> None:
        self.ended = now
        usage, error, details = response.get("usage"), response.get("error"), response.get("incomplete_details")
        self.tokens = usage["output_tokens"] if isinstance(usage, dict) else 0
        if isinstance(error, dict):
            self.error = str(error["code"])
        elif isinstance(details, dict) and details["reason"] != "max_output_tokens":
            self.error = str(details["reason"])

    def fail(self, why: str, now: float) -> None:
        """It ends here, and badly."""
        self.ended, self.error = now, why

    @property
    def place(self) -> tuple[str, int]:
        """The response's id and the last number seen, to go on from."""
        return orjson.loads(self.created)["response"]["id"], orjson.loads(self.newest)["sequence_number"]

    def answer(self) -> Answer:
        since = self.began
        return Answer(
            since, None if self.first is None else self.first - since,
            None if self.ended is None else self.ended - since, None if self.first is None else self.last - since,
            self.tokens, self.deltas, self.error or ("" if self.ended else "unfinished"), self.slow)


def request(number: str, *, tokens: int, store: bool, model: str) -> bytes:
    """A `response.create` that any engine answers with exactly so many tokens."""
    event = {
        "type": "response.create", "input": f"Tell me a story, number {number}. [[tokens={tokens}]]",
        "max_output_tokens": tokens, "min_tokens": tokens, "store": store}
    return orjson.dumps(event | ({"model": model} if model else {}))
