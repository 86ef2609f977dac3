"""Vercel's AI SDK with its OpenAI provider, over Responses and over Chat Completions."""
from typing import Any

import pytest

from tests.integration.clients.node_programs import needs_packages, run
from tests.integration.server.talk import expected
from tests.parley import Parley

pytestmark = [needs_packages, pytest.mark.parametrize("door", ["responses", "chat"])]
PROMPT = "Hello [[tokens=40]]"


async def told(parley: Parley, door: str, *steps: str) -> list[Any]:
    found = await run("ai_sdk.mjs", url=parley.url, model="synthetic", door=door, prompt=PROMPT, steps=steps)
    return [found[step] for step in steps]


async def test_text(parley: Parley, door: str) -> None:
    whole, stream, error = await told(parley, door, "text", "stream", "error")
    said = expected(PROMPT)
    assert whole == {"text": said, "finishReason": "stop", "tokens": 40}
    assert stream == whole
    assert error["status"] == 404
    assert "`none` is not served here" in error["message"]
