"""The body of `POST /v1/responses/compact` (spec: CompactResponseMethodPublicBody)."""
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from server.common.errors import BadRequest, Code
from server.common.validation import Strict, bad_request, shown
from server.responses.items import Input
from server.responses.schemas import Unsupported, check_input


class CompactCreate(Strict):
    """A conversation to make short: `input`, and what came before it."""

    model: Annotated[str, Field(min_length=1, max_length=256)]
    input: Input | None = None
    previous_response_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    instructions: str | None = None
    prompt_cache_key: Annotated[str, Field(max_length=64)] | None = None
    service_tier: Literal["auto", "default", "flex", "priority"] | None = None
    prompt_cache_options: Unsupported = None
    prompt_cache_retention: Unsupported = None
    image: Unsupported = None

    @model_validator(mode="after")
    def _makes_sense(self) -> "CompactCreate":
        if self.previous_response_id is None or self.input is not None:
            check_input(self.input)
        return self


def parse_compact(body: Any) -> CompactCreate:
    """Raises BadRequest."""
    if not isinstance(body, dict):
        raise BadRequest(Code.INVALID_TYPE, f"The body should be a JSON object; it is {shown(body)}.")
    try:
        return CompactCreate.model_validate(body)
    except ValidationError as error:
        raise bad_request(error) from None
