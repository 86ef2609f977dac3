"""Lists, as OpenAI shapes them."""
from typing import Any


def shown_list(items: list[dict[str, Any]], has_more: bool = False) -> dict[str, Any]:
    """In OpenAI's shape."""
    ids = [item["id"] for item in items]
    return {
        "object": "list",
        "data": items,
        "first_id": ids[0] if ids else None,
        "last_id": ids[-1] if ids else None,
        "has_more": has_more,
    }
