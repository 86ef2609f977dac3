"""What one measurement's client process is told, and what it says; a line of JSON each."""
from typing import Literal

import msgspec

from tests.load.measured import Answer

LEAST_TOKENS = 16  # that Open Responses lets one ask for
Way = Literal["pipe", "chat", "websocket", "sse"]


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """`address` is an http:// one, or of the way `pipe` a socket's path. Each answer has `tokens` tokens.

    `tag` makes this measurement's prompts other ones than another's. `burn_us` are burnt with each piece of text.
    """

    way: Way
    address: str
    model: str
    streams: int
    tokens: int
    tag: str = ""
    burn_us: float = 0.0


class Told(msgspec.Struct, array_like=True, frozen=True):
    """One answer; `read` are the tokens of its prompt."""

    number: str
    read: int
    answer: Answer


class Heard(msgspec.Struct, frozen=True):
    """All answers. `first` came of asking on all streams at once; `others` after that, of as many streams as ever."""

    first: list[Told]
    others: list[Told]


def stagger(stream: int, streams: int, tokens: int) -> int:
    """How long a stream's first answer is, so that the streams' next ones begin in turns, and go on so."""
    return LEAST_TOKENS + tokens * stream // streams
