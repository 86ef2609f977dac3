"""The OpenAPI document: FastAPI's, with bodies, every error code of every route, and who may ask.

What a route can answer with follows from what it depends on (who asks, a place in a gateway that may stop) and from
what it says of itself with `server.common.documented`.
"""
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from server.common.documented import DOCUMENTED, JSON_BODY, REFERENCE
from server.common.errors import Code
from server.common.filters import TABLE
from server.common.json_schema import tidy, walk
from server.reference.meanings import meaning

PARAMETERS = (Code.INVALID_VALUE, Code.MISSING_REQUIRED_PARAMETER)
ERROR = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {"error": {
        "type": "object",
        "required": ["type", "code", "message", "param"],
        "additionalProperties": False,
        "properties": {
            "type": {"type": "string", "enum": sorted({row.error_type for row in TABLE.values()})},
            "code": {"type": "string", "enum": [code.value for code in TABLE]},
            "message": {"type": "string", "description": "what was wrong, and what to do"},
            "param": {"type": ["string", "null"], "description": "the path of the field that it is about"},
        },
    }},
}
GRAPHQL_ERRORS = {  # GraphQL, 7.1.2
    "type": "object",
    "required": ["errors"],
    "properties": {"errors": {"type": "array", "minItems": 1, "items": {
        "type": "object",
        "required": ["message", "extensions"],
        "properties": {
            "message": {"type": "string"},
            "extensions": {
                "type": "object",
                "required": ["code", "type", "status", "param", "retryable"],
                "properties": {"code": {"type": "string", "enum": [code.value for code in TABLE]}},
            },
        },
    }}},
}
WAYS_IN = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key (`pk_…`), or a token."},
    "session": {"type": "apiKey", "in": "cookie", "name": "parley_session", "description": "A browser that signed in."},
    "guest": {"type": "apiKey", "in": "cookie", "name": "parley_guest", "description": "A browser, where guests may."},
}
METHODS = ("get", "put", "post", "delete", "patch", "head")
Dependency = Callable[..., Any]
Implied = Mapping[Dependency, Iterable[Code]]


def install(app: FastAPI, implied: Implied, asks: Dependency) -> None:
    """Have the application describe itself so. `implied`: the codes that a dependency brings; a route that depends on
    `asks` wants to know who you are.
    """
    made: list[dict[str, Any]] = []

    def openapi() -> dict[str, Any]:
        if not made:
            made.append(document(app, implied, asks))
        return made[0]

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to replace it


def document(app: FastAPI, implied: Implied, asks: Dependency) -> dict[str, Any]:
    """The whole document."""
    whole = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas: dict[str, Any] = whole.setdefault("components", {}).setdefault("schemas", {})
    whole["components"]["securitySchemes"] = WAYS_IN
    depends = {(method.lower(), route.path_format): set(_calls(route.dependant))
               for route in iter_route_contexts(app.routes) if isinstance(route.original_route, APIRoute)
               for method in route.methods or ()}
    for path, operations in whole["paths"].items():
        for method in METHODS:
            if method in operations:
                _complete(operations[method], depends.get((method, path), set()), schemas, implied, asks)
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas |= {"Error": ERROR, "GraphQLErrors": GRAPHQL_ERRORS}
    return whole


def _calls(dependant: Dependant) -> Iterator[Dependency]:
    """What a route depends on, and what that does."""
    for below in dependant.dependencies:
        if below.call is not None:
            yield below.call
        yield from _calls(below)


def _complete(
        operation: dict[str, Any], depends: set[Dependency], schemas: dict[str, Any], implied: Implied,
        asks: Dependency) -> None:
    told = json.loads(operation.pop(DOCUMENTED, "{}"))
    for name, schema in told.get("models", {}).items():
        _take_in(name, schema, schemas)
    if "body" in told:
        operation["requestBody"] = told["body"]
    for status, kinds in told.get("answers", {}).items():
        operation["responses"].setdefault(status, {"description": "As asked."})["content"] = kinds
    if "example" in told:
        done = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
        done["content"]["application/json"]["example"] = told["example"]
    codes = {Code(code) for code in told.get("errors", ())} | {Code.INTERNAL_ERROR}
    codes |= {code for one in depends for code in implied.get(one, ())}
    if "requestBody" in operation:
        codes |= set(JSON_BODY)
    if operation.get("parameters"):
        codes |= set(PARAMETERS)
    operation["responses"].pop("422", None)  # what FastAPI could not read is `invalid_value` here
    answers = operation["responses"]
    for status, known in _by_status(codes).items():
        own = answers.get(str(status), {})
        answers[str(status)] = {**own, **_answer(known, own, told.get("refusal", "Error"))}
    operation["responses"] = dict(sorted(answers.items()))
    if asks in depends:
        operation["security"] = [{name: []} for name in WAYS_IN]


def _by_status(codes: Iterable[Code]) -> dict[int, list[Code]]:
    found: defaultdict[int, list[Code]] = defaultdict(list)
    for code in TABLE:  # in the table's order
        if code in codes:
            found[TABLE[code].status].append(code)
    return dict(sorted(found.items()))


def _answer(codes: list[Code], own: Mapping[str, Any], refusal: str) -> dict[str, Any]:
    """What a status means at a route, with an example of each code. A route may have an answer of its own there."""
    examples = {code.value: {"value": SHAPES[refusal](code)} for code in codes}
    told = "\n".join(f"- `{code.value}`: {meaning(code)}" for code in codes)
    schema: dict[str, Any] = {"$ref": REFERENCE.format(model=refusal)}
    content = own.get("content", {}).get("application/json", {}).get("schema")
    answer: dict[str, Any] = {
        "description": told,
        "content": {"application/json": {
            "schema": {"anyOf": [content, schema]} if content else schema, "examples": examples}},
        "x-error-codes": [code.value for code in codes],
    }
    if any(TABLE[code].kind.retryable for code in codes):
        answer["headers"] = {"Retry-After": {
            "description": "seconds until the same request may work", "schema": {"type": "integer"}}}
    return answer


def _error(code: Code) -> dict[str, Any]:
    return {"error": {"type": TABLE[code].error_type, "code": code.value, "message": meaning(code), "param": None}}


def _graphql_errors(code: Code) -> dict[str, Any]:
    row = TABLE[code]
    extensions = {"code": code.value, "type": row.error_type, "status": row.status, "param": None,
                  "retryable": row.kind.retryable}
    return {"errors": [{"message": meaning(code), "extensions": extensions}]}


SHAPES = {"Error": _error, "GraphQLErrors": _graphql_errors}


def _take_in(name: str, schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A model's schema and those that it refers to; a second one under a name gets the model's before its own."""
    parts = {**schema.get("$defs", {}), name: {key: value for key, value in schema.items() if key != "$defs"}}
    parts = {part: tidy(one) for part, one in parts.items()}
    renamed = {part: f"{name}{part}" for part, one in parts.items() if part != name and schemas.get(part, one) != one}
    for part, one in parts.items():
        schemas[renamed.get(part, part)] = _rename(one, renamed)


def _rename(schema: Any, renamed: Mapping[str, str]) -> Any:
    """With references to what goes under another name now."""
    references = {REFERENCE.format(model=old): REFERENCE.format(model=new) for old, new in renamed.items()}

    def change(one: dict[str, Any]) -> dict[str, Any]:
        return {**one, "$ref": references[one["$ref"]]} if one.get("$ref") in references else one

    return walk(schema, change)
