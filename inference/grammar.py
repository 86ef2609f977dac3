"""JSON schemas that force calls of functions: those of the tools, put together into one. Pure."""
from typing import Any

from inference.engine.port import EngineRequestError

MOST_CALLS = 16  # a weak model would go on calling until its tokens are used up
Schema = dict[str, Any]
NO_ARGUMENTS: Schema = {"type": "object", "properties": {}}


def parameters_of(tool: dict[str, Any]) -> Schema:
    """The schema of a tool's arguments."""
    return tool.get("parameters") or NO_ARGUMENTS


def calls_schema(tools: list[dict[str, Any]], most: int | None) -> Schema:
    """At least one call, each of a tool with arguments of its schema, as a JSON array."""
    definitions: Schema = {}
    return _with(definitions, _calls(tools, most, definitions))


def calls_or_answer(tools: list[dict[str, Any]], most: int | None, text_format: Schema) -> Schema:
    """Either calls, or an answer that has a format of its own; that is an object, so its first character tells which.

    Raises EngineRequestError where the format is none that must be an object.
    """
    answer = text_format.get("schema") or {"type": "object"}
    if answer.get("type") != "object":
        raise EngineRequestError(
            "unsupported_parameter", "Beside `tools`, a schema's root must be of type 'object'.", "text.format.schema")
    definitions: Schema = {}
    either = [_calls(tools, most, definitions), _hoisted(answer, "answer", definitions)]
    return _with(definitions, {"anyOf": either})


def _calls(tools: list[dict[str, Any]], most: int | None, definitions: Schema) -> Schema:
    calls = [_call(tool, f"tool{number}", definitions) for number, tool in enumerate(tools)]
    array: Schema = {"type": "array", "minItems": 1, "items": calls[0] if len(calls) == 1 else {"anyOf": calls}}
    return {**array, "maxItems": min(most or MOST_CALLS, MOST_CALLS)}


def _call(tool: dict[str, Any], prefix: str, definitions: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {
            "name": {"type": "string", "const": tool["name"]},
            "parameters": _hoisted(parameters_of(tool), prefix, definitions),
        },
        "required": ["name", "parameters"],
        "additionalProperties": False,
    }


def _with(definitions: Schema, schema: Schema) -> Schema:
    return {**schema, "$defs": definitions} if definitions else schema


def _hoisted(schema: Schema, prefix: str, definitions: Schema) -> Schema:
    """A schema that becomes a part of another: what it defines goes to the whole's definitions, under a prefix."""
    own = {**schema.get("definitions", {}), **schema.get("$defs", {})}
    bare = {name: value for name, value in schema.items() if name not in ("$defs", "definitions", "$schema", "$id")}
    for name, value in own.items():
        definitions[f"{prefix}.{name}"] = _renamed(value, prefix)
    moved: Schema = _renamed(bare, prefix)
    if _refers_to_root(bare):
        definitions[prefix] = moved
    return moved


def _renamed(value: Any, prefix: str) -> Any:
    if isinstance(value, list):
        return [_renamed(one, prefix) for one in value]
    if not isinstance(value, dict):
        return value
    renamed = {name: _renamed(one, prefix) for name, one in value.items()}
    if isinstance(reference := value.get("$ref"), str):
        renamed["$ref"] = _moved(reference, prefix)
    return renamed


def _moved(reference: str, prefix: str) -> str:
    if reference == "#":
        return f"#/$defs/{prefix}"
    for place in ("#/$defs/", "#/definitions/"):
        if reference.startswith(place):
            return f"#/$defs/{prefix}.{reference.removeprefix(place)}"
    raise EngineRequestError(
        "unsupported_parameter", f"A tool's schema refers to {reference!r}; only to '#' and '#/$defs/…' is possible.",
        "tools")


def _refers_to_root(value: Any) -> bool:
    if isinstance(value, list):
        return any(_refers_to_root(one) for one in value)
    if isinstance(value, dict):
        return value.get("$ref") == "#" or any(_refers_to_root(one) for one in value.values())
    return False
