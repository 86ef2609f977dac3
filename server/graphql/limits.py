"""How large a query may be, told before it is validated: its depth, its aliases, and what it costs.

Fragments are measured once each. To follow them wherever they are spread, as strawberry's own limiters of depth and
aliases do, takes 2^n steps for n fragments that each spread the next one twice.
"""
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
)
from strawberry.extensions import SchemaExtension

from server.common.errors import Code, TooLarge
from server.graphql.types.nodes import DEFAULT_PAGE, MAX_PAGE

PAGE_ARGUMENTS = ("first", "last")
MUTATION_COST = 20  # a call to the relay, and maybe a generation


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """`max_tokens` are of the query's text, for the parser."""

    max_tokens: int = 1000
    max_depth: int = 15
    max_aliases: int = 30
    max_repeats: int = 10  # of one field in one place: they are compared with one another, which takes their square
    max_cost: int = 10_000


@dataclass(frozen=True, slots=True)
class Size:
    """Of a part of a query. `cost` is about how many values the answer may have."""

    depth: int = 0
    aliases: int = 0
    cost: int = 0
    repeats: int = 0


@dataclass(slots=True)
class Measure:
    """Measures one document. It may be wrong in any way: what it says is checked only after this."""

    document: DocumentNode
    variables: Mapping[str, Any]
    paged: frozenset[str]  # names of fields that are connections
    _fragments: dict[str, FragmentDefinitionNode] = field(init=False)
    _known: dict[str, Size] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._fragments = {
            part.name.value: part for part in self.document.definitions if isinstance(part, FragmentDefinitionNode)}

    def largest(self) -> Size:
        """The most of everything, over all operations."""
        sizes = [self._operation(part) for part in self.document.definitions
                 if isinstance(part, OperationDefinitionNode)]
        return Size(
            max((size.depth for size in sizes), default=0),
            max((size.aliases for size in sizes), default=0),
            max((size.cost for size in sizes), default=0),
            max((size.repeats for size in sizes), default=0))

    def _operation(self, operation: OperationDefinitionNode) -> Size:
        size = self._selections(operation.selection_set)
        if operation.operation is not OperationType.MUTATION:
            return size
        return replace(size, cost=size.cost + MUTATION_COST * len(operation.selection_set.selections))

    def _selections(self, selections: SelectionSetNode) -> Size:
        depth = aliases = cost = 0
        names = Counter(_response_name(one) for one in selections.selections if isinstance(one, FieldNode))
        repeats = max(names.values(), default=0)
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                size = self._field(selection)
            elif isinstance(selection, FragmentSpreadNode):
                size = self._fragment(selection.name.value)
            else:  # an inline fragment
                size = self._selections(selection.selection_set)  # type: ignore[attr-defined]
            depth, repeats = max(depth, size.depth), max(repeats, size.repeats)
            aliases, cost = aliases + size.aliases, cost + size.cost
        return Size(depth, aliases, cost, repeats)

    def _field(self, node: FieldNode) -> Size:
        if node.name.value.startswith("__"):  # about the schema; GraphQL's own rule bounds how deep that goes
            return Size(0, 0, 1)
        below = self._selections(node.selection_set) if node.selection_set else Size()
        aliases = below.aliases + (node.alias is not None)
        return Size(below.depth + 1, aliases, 1 + self._page(node) * below.cost, below.repeats)

    def _fragment(self, name: str) -> Size:
        if name not in self._known:
            self._known[name] = Size()  # of a fragment that spreads itself: it is refused afterwards
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._known[name] = self._selections(fragment.selection_set)
        return self._known[name]

    def _page(self, node: FieldNode) -> int:
        """How many nodes a field may give."""
        if node.name.value not in self.paged:
            return 1
        for argument in node.arguments or ():
            if argument.name.value in PAGE_ARGUMENTS:
                return self._number(argument.value)
        return DEFAULT_PAGE

    def _number(self, value: object) -> int:
        given: object = None
        if isinstance(value, IntValueNode):
            given = int(value.value)
        elif isinstance(value, VariableNode):
            given = self.variables.get(value.name.value)
        known = isinstance(given, int) and not isinstance(given, bool)
        return max(1, min(int(given), MAX_PAGE)) if known else MAX_PAGE  # type: ignore[call-overload]


class LimitQueries(SchemaExtension):
    """Refuses what is over a limit; see QueryLimits. `paged` names the fields that are connections."""

    def __init__(self, limits: QueryLimits, paged: frozenset[str]) -> None:
        self.limits, self.paged = limits, paged

    def on_operation(self) -> Iterator[None]:
        self.execution_context.parse_options["max_tokens"] = self.limits.max_tokens
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if (document := context.graphql_document) is not None:
            size = Measure(document, context.variables or {}, self.paged).largest()
            if (excess := self._excess(size)) is not None:
                context.pre_execution_errors = [GraphQLError(excess.message, original_error=excess)]
            elif context._provided_operation_name is None and _has_several(document):  # strawberry takes the first
                context.pre_execution_errors = [GraphQLError(
                    "The query has several operations; say in `operationName` which of them to run.")]
        yield

    def _excess(self, size: Size) -> TooLarge | None:
        limits = self.limits
        for what, value, limit in (
            ("is {} levels deep", size.depth, limits.max_depth),
            ("has {} aliases", size.aliases, limits.max_aliases),
            ("costs {}", size.cost, limits.max_cost),
            ("has one field {} times in one place", size.repeats, limits.max_repeats),
        ):
            if value > limit:
                shown = what.format(f"{value:,}" if value < 10**9 else "far more")
                return TooLarge(
                    Code.QUERY_TOO_COMPLEX, f"The query {shown}, over the limit of {limit:,}; ask for less.")
        return None


def _response_name(node: FieldNode) -> str:
    return (node.alias or node.name).value


def _has_several(document: DocumentNode) -> bool:
    return sum(isinstance(part, OperationDefinitionNode) for part in document.definitions) > 1
