"""An HTTP request's body as JSON, and the idempotency key that came beside it."""
from typing import Any

import orjson
from starlette.requests import Request

from server.common.errors import BadRequest, Code
from server.common.validation import shown


async def read_body(request: Request) -> dict[str, Any]:
    """The JSON object that the body is. Raises BadRequest; TooLarge from the middleware; ClientDisconnect."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise BadRequest(
            Code.UNSUPPORTED_MEDIA_TYPE, f"Send JSON with `Content-Type: application/json`; this is {shown(kind)}."
        )
    return parse_object(await request.body())


def parse_object(data: bytes) -> dict[str, Any]:
    """The JSON object that some bytes are."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise BadRequest(Code.INVALID_UTF8, f"The body is not UTF-8 at byte {error.start:,}.") from None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(Code.INVALID_JSON, f"The body is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise BadRequest(Code.INVALID_TYPE, f"The body should be a JSON object; it is {shown(value)}.")
    return value


def with_key(body: dict[str, Any], header: str | None) -> dict[str, Any]:
    """`Idempotency-Key` says the same as the field."""
    if header is None:
        return body
    if body.get("idempotency_key", header) != header:
        raise BadRequest(
            Code.INVALID_VALUE, "`idempotency_key` and the header Idempotency-Key are not the same.", "idempotency_key"
        )
    return {**body, "idempotency_key": header}
