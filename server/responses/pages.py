"""A list of items, a page at a time, as OpenAI's API cuts it."""
from typing import Any, Literal

from server.common.errors import BadRequest, Code

Order = Literal["asc", "desc"]


def page(items: list[dict[str, Any]], *, limit: int, order: Order, after: str | None) -> dict[str, Any]:
    """At most `limit` items behind the one with the id `after`. Raises BadRequest if there is none of that id."""
    ordered = items if order == "asc" else items[::-1]
    if after is not None:
        at = next((index for index, item in enumerate(ordered) if item["id"] == after), None)
        if at is None:
            raise BadRequest(Code.INVALID_VALUE, f"`after`: there is no item `{after[:128]}` in this list.", "after")
        ordered = ordered[at + 1:]
    shown = ordered[:limit]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": len(ordered) > limit,
    }
