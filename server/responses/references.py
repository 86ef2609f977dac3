"""Items that a request names by their ids: those of its chain, and those of the user's responses."""
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from server.common.errors import BadRequest, Code, NotFound
from server.responses.chains import Past
from server.responses.items import ItemReference
from server.responses.schemas import ResponseCreate

ITEM_ID = re.compile(r"[a-z]+_([0-9a-z]*[0-9a-f]{32})(_\d+|i\d+)", re.ASCII)  # the response's id is within it
MAX_RESPONSES = 32  # that are read for one request
Items = list[dict[str, Any]]
ItemsOf = Callable[[str], Awaitable[Items]]  # a response's own input and output, as context; raises NotFound


def response_of(item_id: str) -> str | None:
    """The response that an item of ours is of."""
    match = ITEM_ID.fullmatch(item_id)
    return f"resp_{match[1]}" if match else None


async def find_references(create: ResponseCreate, past: Past | None, items_of: ItemsOf) -> dict[str, dict[str, Any]]:
    """What the request refers to, by id. Raises NotFound, BadRequest, and what `items_of` raises but for NotFound."""
    given = create.input if isinstance(create.input, list) else []
    if not any(isinstance(item, ItemReference) for item in given):
        return {}
    known = _by_id(past.items if past else [])
    read = 0
    for index, item in enumerate(given):
        if isinstance(item, ItemReference) and item.id not in known:
            read += 1
            if read > MAX_RESPONSES:
                raise BadRequest(
                    Code.INVALID_VALUE, f"`input` refers to items of more than {MAX_RESPONSES} responses.", "input")
            known |= await _of_response(item.id, items_of)
            if item.id not in known:
                raise NotFound(
                    Code.ITEM_NOT_FOUND, f"There is no item `{item.id}` of yours; send the item itself.",
                    f"input[{index}].id")
    return known


async def _of_response(item_id: str, items_of: ItemsOf) -> dict[str, dict[str, Any]]:
    response_id = response_of(item_id)
    if response_id is None:
        return {}
    try:
        return _by_id(await items_of(response_id))
    except NotFound:
        return {}


def _by_id(items: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["id"]: item for item in items if "id" in item}
