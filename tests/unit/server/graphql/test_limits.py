"""How large a query may be."""
from typing import Any

import pytest
from graphql import parse

from server.graphql.errors import formatted
from server.graphql.limits import Measure, QueryLimits, Size
from server.graphql.schema import make_schema
from tests.unit.server.graphql.door import codes

PAGED = frozenset({"list"})


def size(query: str, **variables: Any) -> Size:
    return Measure(parse(query), variables, PAGED).largest()


@pytest.mark.parametrize(("query", "expected"), [
    ("{ a }", Size(1, 0, 1, 1)),
    ("{ a { b { c } } }", Size(3, 0, 3, 1)),
    ("{ x: a y: a { z: b } }", Size(2, 3, 3, 1)),
    ("{ ... on Q { a } }", Size(1, 0, 1, 1)),
    ("{ ...f } fragment f on Q { x: a { b } }", Size(2, 1, 2, 1)),
    ("{ ...f } fragment f on Q { a ...f }", Size(1, 0, 1, 1)),  # refused afterwards
    ("{ a { b b b } a }", Size(2, 0, 5, 3)),
    ("{ x: a x: b ...f } fragment f on Q { x: a }", Size(1, 3, 3, 2)),
    ("{ ...nothing }", Size()),
    ("{ __schema { types { fields { name } } } }", Size(0, 0, 1, 1)),
    ("{ list { a b } }", Size(2, 0, 41, 1)),
    ("{ list(first: 3) { a b } }", Size(2, 0, 7, 1)),
    ("{ list(last: 3) { a } }", Size(2, 0, 4, 1)),
    ("{ list(first: 5000) { a } }", Size(2, 0, 101, 1)),
    ("{ list(first: -3) { a } }", Size(2, 0, 2, 1)),
    ("{ list(first: 3) { list(first: 4) { a } } }", Size(3, 0, 16, 1)),
    ("{ other(first: 3) { a } }", Size(2, 0, 2, 1)),
    ("mutation { a b }", Size(1, 0, 42, 1)),
    ("query one { a { b } } query two { x: a }", Size(2, 1, 2, 1)),
    ("fragment f on Q { a }", Size()),
])
def test_size(query: str, expected: Size) -> None:
    assert size(query) == expected


@pytest.mark.parametrize(("variables", "cost"), [({"n": 3}, 4), ({}, 101), ({"n": "x"}, 101), ({"n": True}, 101)])
def test_a_page_may_be_a_variable(variables: dict[str, Any], cost: int) -> None:
    assert size("query ($n: Int) { list(first: $n) { a } }", **variables).cost == cost


BOMB = "{ ...f0 } " + " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(80)) + \
    " fragment f80 on Query { viewer { id } }"
DEEP = "{ response(id: 1) {" + " previous {" * 20 + " id" + " }" * 22
ALIASES = "{" + " ".join(f"a{n}: viewer {{ id }}" for n in range(31)) + "}"
MUTATIONS = "mutation {" + "deleteResponse(id: 1) " * 60 + "}"


REPEATED = "{ " + "viewer { id } " * 200 + "}"
LONG = "{ " + "viewer { id } " * 400 + "}"
NESTED = "{ a " * 300 + "}" * 300


@pytest.mark.parametrize("query", [BOMB, DEEP, ALIASES, REPEATED, LONG, NESTED])
async def test_what_is_too_much_is_refused(query: str) -> None:
    result = await make_schema().execute(query)
    assert codes({"errors": [formatted(error) for error in result.errors or []]}) == ["query_too_complex"]


async def test_mutations_cost_more() -> None:
    result = await make_schema(limits=QueryLimits(max_cost=1000)).execute(MUTATIONS)
    assert codes({"errors": [formatted(error) for error in result.errors or []]}) == ["query_too_complex"]


async def test_the_schema_cannot_be_walked_in_circles() -> None:
    circle = "{ __schema { types {" + " fields { type { fields { type { fields { name } } } } }" + " } } }"
    result = await make_schema().execute(circle)
    assert codes({"errors": [formatted(error) for error in result.errors or []]}) == ["invalid_query"]
