"""Items as conversations hold them: what a client sends, what it is shown, and what a model is given of that."""
from typing import Annotated, Any

from pydantic import Field, ValidationError

from relay.job import Request
from server.common.errors import BadRequest, Code
from server.common.validation import Strict, bad_request
from server.responses.items import InputItem, ItemReference
from server.responses.mappers import item_of
from server.responses.opaque import unseal
from server.responses.resource import input_items, shown_item


class _Given(Strict):
    items: Annotated[list[InputItem], Field(fail_fast=True)]


def own(request: Request) -> list[dict[str, Any]]:
    """What a request brought itself, as it is shown."""
    return input_items(request)


def given(value: Any, at: str, most: int) -> list[dict[str, Any]]:
    """What a client has sent in the field `at`, at most so many items, as they are shown. Raises BadRequest."""
    if isinstance(value, list) and len(value) > most:
        raise BadRequest(Code.INVALID_VALUE, f"`{at}` should have at most {most} items; it has {len(value):,}.", at)
    try:
        items = _Given.model_validate({"items": value}).items
    except ValidationError as error:
        raise _moved(bad_request(error), at) from None
    for place, item in enumerate(items):
        if isinstance(item, ItemReference):
            raise BadRequest(
                Code.UNSUPPORTED_PARAMETER, f"`{at}[{place}]` is an item reference; send the item itself.",
                f"{at}[{place}]")
    return [shown_item(item_of(item), "") for item in items]


def context(item: dict[str, Any]) -> dict[str, Any]:
    """States, annotations and log probabilities are no context; what was compacted is its summary again."""
    if item["type"] == "compaction":
        return {"type": "compaction", "id": item["id"], "summary": unseal(item["encrypted_content"])}
    kept = {name: value for name, value in item.items() if name not in ("status", "encrypted_content")}
    for name in ("content", "output", "summary"):
        if isinstance(parts := kept.get(name), list):
            kept[name] = [
                {key: value for key, value in part.items() if key not in ("annotations", "logprobs")} for part in parts]
    return kept


def _moved(error: BadRequest, at: str) -> BadRequest:
    """The same about a field of another name."""
    path = error.param or ""
    param = f"{at}{path.removeprefix('items')}"
    return type(error)(error.code, error.message.replace(f"`{path}`", f"`{param}`", 1), param)
