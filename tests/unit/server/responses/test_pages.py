"""Lists of items, a page at a time."""
from typing import Any

import pytest

from server.common.errors import BadRequest, Code
from server.responses.pages import Order, page

ITEMS: list[dict[str, Any]] = [{"id": name} for name in "abcde"]


@pytest.mark.parametrize(
    ("order", "after", "limit", "names", "more"),
    [
        ("asc", None, 2, "ab", True),
        ("asc", "b", 3, "cde", False),
        ("asc", "e", 3, "", False),
        ("desc", None, 5, "edcba", False),
        ("desc", "d", 2, "cb", True),
    ],
)
def test_pages(order: Order, after: str | None, limit: int, names: str, more: bool) -> None:
    shown = page(ITEMS, limit=limit, order=order, after=after)
    assert shown == {
        "object": "list", "data": [{"id": name} for name in names], "first_id": names[:1] or None,
        "last_id": names[-1:] or None, "has_more": more,
    }


def test_an_item_that_is_not_there() -> None:
    with pytest.raises(BadRequest) as caught:
        page(ITEMS, limit=5, order="asc", after="x")
    assert (caught.value.code, caught.value.param) == (Code.INVALID_VALUE, "after")
