"""An export, piece by piece."""
import json
from collections.abc import AsyncIterator

import pytest

from server.auth.pipes import written


async def things(*of: object) -> AsyncIterator[object]:
    for thing in of:
        if isinstance(thing, Exception):
            raise thing
        yield thing


async def test_it_is_one_document() -> None:
    pieces = [piece async for piece in written({"a": 1}, {
        "some": things({"x": "é"}, "two"), "none": things(), "one": things(None)})]
    assert json.loads(b"".join(pieces)) == {"a": 1, "some": [{"x": "é"}, "two"], "none": [], "one": [None]}
    assert len(pieces) > 5, "nobody holds it whole"


async def test_what_breaks_off_is_no_json() -> None:
    pieces: list[bytes] = []

    async def read() -> None:
        async for piece in written({"a": 1}, {"some": things(1, OSError("away"))}):
            pieces.append(piece)

    with pytest.raises(OSError, match="away"):
        await read()
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(b"".join(pieces))
