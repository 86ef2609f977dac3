"""The schema: the types, what bounds a query, and its text (`python -m server.graphql.schema` prints that)."""
from typing import Any

import strawberry
from graphql import GraphQLObjectType
from strawberry.extensions import DisableIntrospection
from strawberry.schema.config import StrawberryConfig

from server.graphql.limits import PAGE_ARGUMENTS, LimitQueries, QueryLimits
from server.graphql.mutations import Mutation
from server.graphql.queries import Query
from server.graphql.subscriptions import Subscription
from server.graphql.types import events, items

IMPLEMENTATIONS = [
    *items.KINDS.values(), items.OtherItem,
    events.ResponseProgress, events.ResponseDelta, events.ResponseItem, events.ResponseEnded, events.OtherEvent,
]


class Schema(strawberry.Schema):
    """Logs nothing by itself: whoever tells a client of an error logs what was not expected."""

    def process_errors(self, errors: Any, execution_context: Any = None) -> None:
        pass


def make_schema(*, introspection: bool = True, limits: QueryLimits | None = None) -> Schema:
    """Without introspection a client learns of no field that it does not know: not by asking, nor from errors."""
    paged: set[str] = set()  # filled in below: the extensions are made for each operation
    allowed = limits or QueryLimits()
    schema = Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=IMPLEMENTATIONS,
        config=StrawberryConfig(disable_field_suggestions=not introspection),
        extensions=[
            lambda: LimitQueries(allowed, frozenset(paged)),
            *([] if introspection else [DisableIntrospection]),
        ],
    )
    paged.update(_paged(schema))
    return schema


def _paged(schema: Schema) -> set[str]:
    kinds = [kind for kind in schema._schema.type_map.values() if isinstance(kind, GraphQLObjectType)]
    return {name for kind in kinds for name, field in kind.fields.items() if field.args.keys() & set(PAGE_ARGUMENTS)}


def text() -> str:
    """The schema as `docs/schema.graphql` has it."""
    return f"{make_schema().as_str()}\n"


if __name__ == "__main__":
    print(text(), end="")  # noqa: T201 - this is what it is for
