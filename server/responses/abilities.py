"""Whether a model can do what a request asks of it beyond text; told at once, not when a worker sees it."""
from collections.abc import Iterator
from typing import Any

from relay.job import Request
from server.common.errors import BadRequest, Code


def check_abilities(request: Request, capabilities: frozenset[str] | None) -> None:
    """Raises BadRequest. None: no live worker says what its model can do, so the worker itself is to refuse."""
    if capabilities is None:
        return
    if "images" not in capabilities and (path := next(_images(request), None)) is not None:
        raise BadRequest(
            Code.UNSUPPORTED_IMAGE, f"`{path}` is an image, and the model `{request.model}` reads text only.", path)
    for ability, param in _asked(request):
        if ability not in capabilities:
            raise BadRequest(
                Code.UNSUPPORTED_PARAMETER, f"`{param}` is not supported by the model `{request.model}`.", param)


def _asked(request: Request) -> Iterator[tuple[str, str]]:
    """Each ability that the request needs, and the field that asks for it."""
    mode = _mode(request.tool_choice)
    if request.tools and mode == "auto":
        yield "tools", "tools"
    if request.tools and mode == "required":  # a grammar sees to it, so any model can that keeps to one
        yield "structured_output", "tool_choice"
    if request.reasoning_effort not in (None, "none"):
        yield "reasoning", "reasoning.effort"
    if request.text_format is not None:
        yield "structured_output", "text.format"
    if request.sampling.logprobs:
        yield "logprobs", "top_logprobs" if request.sampling.top_logprobs else "include"


def _mode(choice: Any) -> str:
    """Whether a tool may (`auto`), must (`required`) or must not be called."""
    if isinstance(choice, str):
        return choice
    return str(choice["mode"]) if choice["type"] == "allowed_tools" else "required"


def _images(request: Request) -> Iterator[str]:
    """Where images are, as the client sent them; what came before the request is not by its number."""
    before = len(request.input) - request.own_input
    for index, item in enumerate(request.input):
        field = "output" if item.get("type") == "function_call_output" else "content"
        parts = item.get(field)
        for number, part in enumerate(parts if isinstance(parts, list) else []):
            if part.get("type") == "input_image":
                own = f"input[{index - before}].{field}[{number}]"
                yield own if index >= before else "previous_response_id"
