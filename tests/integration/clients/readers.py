"""The two clients, each doing the same: reading streams to their end through whatever happens."""
import asyncio
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pytest
from parley_client import AsyncClient, Options, ParleyError

SCRIPT = Path(__file__).parent / "stream.mjs"
WITH_OWN_WEBSOCKET = ("--experimental-websocket", "--no-warnings")  # behind this flag in Node 20, later without


@dataclass
class Reading:
    """What one stream said, and how it ended."""

    said: str = ""
    error: str | None = None
    code: str | None = None
    param: str | None = None
    status: str | None = None
    usage: dict[str, Any] = field(default_factory=dict)


class Reader(Protocol):
    """Asks every input at once. `heard` is told how many characters there are in all, each time it is more."""

    async def __call__(
        self, urls: list[str], inputs: list[str], *, heard: Callable[[int], None] = ..., stop_after: int | None = ...,
        api_key: str | None = ..., **options: Any,
    ) -> list[Reading]: ...


def nobody(characters: int) -> None:
    """Hears nothing."""


async def python(
    urls: list[str], inputs: list[str], *, heard: Callable[[int], None] = nobody, stop_after: int | None = None,
    api_key: str | None = None, **options: Any,
) -> list[Reading]:
    total = 0

    async def read(text: str) -> Reading:
        nonlocal total
        stream = client.stream(text)
        said = ""
        try:
            async for piece in stream:
                said += piece
                total += len(piece)
                heard(total)
                if stop_after is not None and len(said) > stop_after:
                    stream.stop()
        except ParleyError as error:
            return Reading(said, type(error).__name__, error.code, error.param)
        assert stream.response is not None
        return Reading(said, status=stream.response["status"], usage=stream.usage or {})

    async with AsyncClient(urls, api_key=api_key, options=Options(**options)) as client:
        return list(await asyncio.gather(*map(read, inputs)))


async def javascript(
    urls: list[str], inputs: list[str], *, heard: Callable[[int], None] = nobody, stop_after: int | None = None,
    api_key: str | None = None, **options: Any,
) -> list[Reading]:
    node = shutil.which("node")
    assert node is not None
    task = {
        "urls": urls, "inputs": inputs, "stopAfter": stop_after, "settings": {"apiKey": api_key} if api_key else {},
        "options": {_camel(name): value for name, value in options.items()},
    }
    process = await asyncio.create_subprocess_exec(
        node, *WITH_OWN_WEBSOCKET, str(SCRIPT), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        limit=2**22)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(task).encode())
    process.stdin.close()
    total, results = 0, list[Reading]()
    try:
        async for line in process.stdout:
            told = json.loads(line)
            if "results" in told:
                results = [Reading(**{k: v for k, v in result.items() if k != "id"}) for result in told["results"]]
            else:
                total += len(told["more"])
                heard(total)
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return results


async def both(
    urls: list[str], inputs: list[str], *, heard: Callable[[int], None] = nobody, **how: Any
) -> list[Reading]:
    """Python and JavaScript side by side, where starting what they talk to takes long. Hears the slower one's total."""
    totals = [0] * len(ALL)

    def hear(reader: int, total: int) -> None:
        totals[reader] = total
        heard(min(totals))

    found = await asyncio.gather(
        *(read(urls, inputs, heard=partial(hear, number), **how) for number, read in enumerate(ALL)))
    return [reading for readings in found for reading in readings]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


ALL: list[Reader] = [python, javascript] if shutil.which("node") else [python]
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js 20 or later")
READERS = [pytest.param(python, id="python"), pytest.param(javascript, id="javascript", marks=needs_node)]
