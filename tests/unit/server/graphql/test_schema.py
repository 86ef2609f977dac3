"""The schema's text, and who may ask for it."""
from pathlib import Path

from graphql import get_introspection_query

from server.graphql.schema import make_schema, text

SCHEMA = Path(__file__).parents[4] / "docs" / "schema.graphql"


def test_the_text_in_the_docs_is_the_schema() -> None:
    assert SCHEMA.read_text() == text(), "run: python -m server.graphql.schema > docs/schema.graphql"


async def test_it_tells_itself_to_tools() -> None:
    result = await make_schema().execute(get_introspection_query())
    assert result.errors is None
    assert result.data is not None
    assert "Response" in {kind["name"] for kind in result.data["__schema"]["types"]}


async def test_without_introspection_it_tells_nothing_of_itself() -> None:
    schema = make_schema(introspection=False)
    for query in (get_introspection_query(), "{ __type(name: \"Query\") { name } }"):
        result = await schema.execute(query)
        assert result.errors
    result = await schema.execute("{ viewr { id } }")
    assert "viewer" not in str(result.errors)
    assert "viewer" in str((await make_schema().execute("{ viewr { id } }")).errors)
