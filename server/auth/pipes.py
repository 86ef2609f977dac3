"""An export on its way out, piece by piece."""
from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson


async def written(head: Mapping[str, Any], lists: Mapping[str, AsyncIterator[Any]]) -> AsyncIterator[bytes]:
    """One JSON object: the fields of `head`, which has some, and then each list as it comes.

    What a list raises ends it in the middle: half a document is no JSON, so nobody takes it for a whole one.
    """
    yield orjson.dumps(head)[:-1]
    for name, things in lists.items():
        yield b',"%b":[' % name.encode()
        comma = b""
        async for thing in things:
            yield comma + orjson.dumps(thing)
            comma = b","
        yield b"]"
    yield b"}"
