"""Requests and answers of Chat Completions for the tests of this folder."""
import json
from typing import Any

from server.completions.mappers import response_create
from server.completions.schemas import CompletionCreate, parse_completion
from server.responses.schemas import ResponseCreate

HELLO = [{"role": "user", "content": "hi"}]


def parsed(*messages: dict[str, Any], **fields: Any) -> CompletionCreate:
    return parse_completion({"messages": list(messages) or HELLO, **fields})


def asked(*messages: dict[str, Any], **fields: Any) -> ResponseCreate:
    """The response that a completion's request asks for."""
    return response_create(parsed(*messages, **fields))


def chunks_of(body: str) -> list[dict[str, Any]]:
    """The chunks of a stream that ends with [DONE]."""
    *blocks, done, rest = body.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(block.removeprefix("data: ")) for block in blocks if not block.startswith(":")]


def said(chunks: list[dict[str, Any]], field: str = "content") -> str:
    """What the chunks' deltas say, put together."""
    return "".join(choice["delta"].get(field) or "" for chunk in chunks for choice in chunk["choices"])
