"""What went wrong in an operation, as a client is told of it: each error has a code of the one table."""
import re
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from server.common.errors import ApiError, BadRequest, Code, TooLarge
from server.common.filters import api_error, graphql_extensions

PARSING_ABORTED = "Parsing aborted"  # graphql-core's words where a limit was reached: that error has no kind of its own


VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value")


def error_of(error: GraphQLError) -> ApiError:
    """The error of ours that one of GraphQL's is. What has no cause is the query's own fault."""
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, GraphQLSyntaxError) and PARSING_ABORTED in cause.message:
        return TooLarge(
            Code.QUERY_TOO_COMPLEX, "The query is too long or too deep; ask for less, or in several queries.")
    if isinstance(cause, GraphQLError):
        name = VARIABLE.match(error.message)
        return BadRequest(Code.INVALID_VALUE if name else Code.INVALID_QUERY, error.message, name and name[1])
    return refusal(cause)


def refusal(error: Exception) -> ApiError:
    """The error of ours that is raised before an operation begins."""
    if isinstance(error, MissingQueryError):
        return BadRequest(Code.MISSING_REQUIRED_PARAMETER, "`query` is required.", "query")
    if isinstance(error, CannotGetOperationTypeError):
        return BadRequest(
            Code.INVALID_QUERY, "The query has no such operation; say in `operationName` which of them to run.")
    if isinstance(error, InvalidOperationTypeError):
        return BadRequest(
            Code.INVALID_QUERY, "Subscriptions need a WebSocket that speaks `graphql-transport-ws`, at this same path.")
    return api_error(error)


def formatted(error: GraphQLError) -> dict[str, Any]:
    """An error as GraphQL's answers have it (GraphQL, 7.1.2), with our code in `extensions`."""
    ours = error_of(error)
    shown: dict[str, Any] = {"message": ours.message}
    if error.locations:
        shown["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        shown["path"] = error.path
    return {**shown, "extensions": graphql_extensions(ours)}


def formatted_refusal(error: ApiError) -> dict[str, Any]:
    """One that is about no place in a query."""
    return {"message": error.message, "extensions": graphql_extensions(error)}
