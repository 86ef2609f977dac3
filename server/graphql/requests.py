"""An operation as a client sends it: the body of a POST, or the payload of a socket's `subscribe`."""
from dataclasses import dataclass
from typing import Any

from server.common.errors import BadRequest, Code, TooLarge

MAX_QUERY_CHARACTERS = 20_000  # what is no token (commas, comments) takes its time too
FIELDS = ("query", "variables", "operationName", "extensions")


@dataclass(frozen=True, slots=True)
class Operation:
    """What is to be executed."""

    query: str
    variables: dict[str, Any]
    name: str | None = None


def parse_operation(value: object) -> Operation:
    """The operation that a decoded object is. Raises BadRequest."""
    if not isinstance(value, dict):
        raise BadRequest(Code.INVALID_TYPE, "An operation should be a JSON object with `query`.")
    if unknown := next((name for name in value if name not in FIELDS), None):
        raise BadRequest(
            Code.UNKNOWN_PARAMETER, f"`{unknown[:80]}` is not known; there are {', '.join(FIELDS)}.", unknown[:80])
    query, variables, name = value.get("query"), value.get("variables"), value.get("operationName")
    if query is None:
        raise BadRequest(Code.MISSING_REQUIRED_PARAMETER, "`query` is required.", "query")
    if not isinstance(query, str):
        raise BadRequest(Code.INVALID_TYPE, "`query` should be a string.", "query")
    if len(query) > MAX_QUERY_CHARACTERS:
        raise TooLarge(
            Code.QUERY_TOO_COMPLEX,
            f"`query` has {len(query):,} characters, over the limit of {MAX_QUERY_CHARACTERS:,}; use variables.",
            "query",
        )
    if not isinstance(variables, dict | None):
        raise BadRequest(Code.INVALID_TYPE, "`variables` should be an object.", "variables")
    if not isinstance(name, str | None):
        raise BadRequest(Code.INVALID_TYPE, "`operationName` should be a string.", "operationName")
    return Operation(query, variables or {}, name)
