"""The official OpenAI SDK for Node.js, with nothing changed but its `baseURL`."""
from typing import Any

from tests.integration.clients.node_programs import needs_packages, run
from tests.integration.server.talk import expected
from tests.parley import Parley

pytestmark = needs_packages
PROMPT = "Hello [[tokens=40]]"
USAGE = {"prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details", "completion_tokens_details"}


async def told(parley: Parley, *steps: str) -> list[Any]:
    found = await run("openai_sdk.mjs", url=parley.url, model="synthetic", prompt=PROMPT, steps=steps)
    return [found[step] for step in steps]


async def test_responses(parley: Parley) -> None:
    whole, stream = await told(parley, "response", "responseStream")
    assert (whole["text"], whole["status"]) == (expected(PROMPT), "completed")
    assert whole["usage"]["output_tokens"] == 40
    assert stream["heard"] == stream["final"] == expected(PROMPT)


async def test_responses_over_a_websocket(parley: Parley) -> None:
    [socket] = await told(parley, "socket")
    assert socket == {"said": [expected(PROMPT), expected(f"again {PROMPT}")]}


async def test_chat_completions(parley: Parley) -> None:
    whole, stream, error = await told(parley, "chat", "chatStream", "chatError")
    assert (whole["text"], whole["reason"]) == (expected(PROMPT), "stop")
    assert set(whole["usage"]) == USAGE
    assert stream == {"text": expected(PROMPT), "usage": whole["usage"]}
    assert (error["status"], error["code"]) == (400, "unsupported_parameter")


async def test_tools(parley: Parley) -> None:
    response, chat, stream = await told(parley, "responseTool", "chatTool", "chatToolStream")
    assert response["name"] == "weather"
    assert list(response["arguments"]) == ["city"]
    assert response["text"], "it says something once it has the tool's output"
    assert chat["called"] == response["arguments"]
    assert chat["text"]
    assert stream == {"name": "weather", "arguments": response["arguments"], "reason": "tool_calls"}


async def test_structured_output(parley: Parley) -> None:
    response, chat = await told(parley, "responseParsed", "chatParsed")
    assert list(response["parsed"]) == ["city", "degrees"]
    assert chat == response
