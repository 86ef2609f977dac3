"""What a route says of itself in the OpenAPI document, beyond what FastAPI sees: bodies, answers, error codes.

A route passes `openapi_extra=documented(…)`; `server.reference.openapi` puts it together.
"""
import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from server.common.errors import Code
from server.common.json_schema import shape

DOCUMENTED = "x-documented"  # what the document's maker takes out again
REFERENCE = "#/components/schemas/{model}"

# What often comes together. What every route has (who asks, what fails on our side) is added by the document's maker.
JSON_BODY = (
    Code.INVALID_JSON, Code.INVALID_UTF8, Code.INVALID_TYPE, Code.INVALID_VALUE, Code.MISSING_REQUIRED_PARAMETER,
    Code.UNKNOWN_PARAMETER, Code.UNSUPPORTED_MEDIA_TYPE, Code.FRAME_TOO_LARGE)
ONE_RESPONSE = (Code.RESPONSE_NOT_FOUND, Code.RELAY_UNAVAILABLE, Code.HISTORY_UNAVAILABLE)
GENERATION = (
    Code.UNSUPPORTED_PARAMETER, Code.UNSUPPORTED_IMAGE, Code.EMPTY_INPUT, Code.INVALID_PROMPT, Code.INPUT_TOO_LARGE,
    Code.CONTEXT_LENGTH_EXCEEDED, Code.MODEL_NOT_FOUND, Code.PREVIOUS_RESPONSE_NOT_FOUND, Code.RESPONSE_NOT_FOUND,
    Code.IDEMPOTENCY_MISMATCH, Code.TOO_MANY_RESPONSES, Code.QUEUE_FULL, Code.QUEUE_TIMEOUT, Code.RELAY_UNAVAILABLE,
    Code.HISTORY_UNAVAILABLE, Code.SERVICE_RESTART, Code.WORKER_LOST, Code.ENGINE_ERROR)

Example = Mapping[str, Any]


def documented(
    *errors: Code, body: type[BaseModel] | Example | None = None, examples: Mapping[str, Example] | None = None,
    answers: Sequence[Example] = (), status: int = 200, stream: str = "", refusal: str = "Error",
    example: Example | None = None,
) -> dict[str, Any]:
    """FastAPI's `openapi_extra`.

    `body`: the model, or the schema, of the JSON that a route reads itself, and `examples` of it by what they show.
    `answers`: examples of what comes back, whose shape is taken from them; the first is shown. `stream`: an example of
    the server-sent events that come back in its place where they are asked for. `example`: of what comes back where
    a model says its shape. `refusal`: which of the document's shapes errors have here.
    """
    told: dict[str, Any] = {"errors": [code.value for code in errors], "refusal": refusal}
    if body is not None:
        if isinstance(body, type):
            told["models"] = {body.__name__: body.model_json_schema(ref_template=REFERENCE)}
        content: dict[str, Any] = {
            "schema": {"$ref": REFERENCE.format(model=body.__name__)} if isinstance(body, type) else body}
        if examples:
            content["examples"] = {name: {"value": dict(value)} for name, value in examples.items()}
        told["body"] = {"required": True, "content": {"application/json": content}}
    if answers or stream:
        kinds: dict[str, Any] = {}
        if answers:
            kinds["application/json"] = {"schema": shape(*answers), "example": answers[0]}
        if stream:
            kinds["text/event-stream"] = {"schema": {"type": "string"}, "example": stream}
        told["answers"] = {str(status): kinds}
    if example is not None:
        told["example"] = dict(example)
    return {DOCUMENTED: json.dumps(told)}  # as text: FastAPI would leave out what is null in examples
