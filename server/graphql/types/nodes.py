"""What Relay asks of every schema: nodes with global ids, and connections of them, a page at a time.

Ids are those of all other doors (`resp_…`, `conv_…`): their beginning says what they are of, so they need no wrapping.
"""
from typing import Generic, TypeVar

import strawberry

T = TypeVar("T")
MAX_PAGE = 100
DEFAULT_PAGE = 20


@strawberry.interface(description="Whatever can be fetched again by its id.")
class Node:
    id: strawberry.ID = strawberry.field(description="The same as at every other door.")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type
class Edge(Generic[T]):
    node: T
    cursor: str = strawberry.field(description="To go on behind this one: `after`.")


@strawberry.type
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo
