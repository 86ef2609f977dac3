"""Events as text frames, and back."""
import json
import re
from typing import Any

from parley_client.errors import Event

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def encode(event: Event) -> str:
    """JSON in few bytes. Halves of characters, which UTF-8 cannot say, become U+FFFD. Raises TypeError, ValueError."""
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _LONE_SURROGATE.sub("\ufffd", text)


def decode(text: str) -> Event:
    """A frame's event; an empty one for what is none, which concerns nobody."""
    try:
        event: Any = json.loads(text)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def size_bytes(text: str) -> int:
    return len(text.encode())
