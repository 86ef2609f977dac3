"""The same question in each API's words: greedy, and answered with exactly so many tokens."""
from typing import Any

import orjson


def prompt(number: str, tokens: int) -> str:
    """In brackets what the synthetic engine goes by; a model makes of it what it likes."""
    return f"Tell me a story, number {number}. [[tokens={tokens}]]"


def response(number: str, tokens: int, model: str) -> dict[str, Any]:
    """Open Responses, without what says how it is to be answered."""
    return {"model": model, "input": prompt(number, tokens), "temperature": 0, "max_output_tokens": tokens,
            "min_tokens": tokens, "store": False}


def frame(number: str, tokens: int, model: str) -> bytes:
    """For a WebSocket."""
    return orjson.dumps({"type": "response.create", **response(number, tokens, model)})


def body(number: str, tokens: int, model: str) -> bytes:
    """For `POST /v1/responses`."""
    return orjson.dumps({**response(number, tokens, model), "stream": True})


def chat(number: str, tokens: int, model: str) -> bytes:
    """For `POST /v1/chat/completions`, as vLLM takes it."""
    return orjson.dumps({
        "model": model, "messages": [{"role": "user", "content": prompt(number, tokens)}], "temperature": 0,
        "max_completion_tokens": tokens, "min_tokens": tokens, "stream": True,
        "stream_options": {"include_usage": True}})
