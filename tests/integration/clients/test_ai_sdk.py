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


async def test_a_loop_of_tool_calls(parley: Parley, door: str) -> None:
    whole, stream = await told(parley, door, "tools", "toolStream")
    [call] = whole["called"]
    assert list(call) == ["city"]
    assert whole["text"], "it says something once it has the tool's output"
    assert whole["reasons"] == ["tool-calls", "stop"]
    assert stream["called"] == whole["called"]
    assert stream["text"]
    assert stream["parts"].count("tool-call") == stream["parts"].count("tool-result") == 1


async def test_an_object(parley: Parley, door: str) -> None:
    [made] = await told(parley, door, "object")
    assert list(made["object"]) == ["city", "degrees"]
    assert isinstance(made["object"]["degrees"], int | float)
