"""JSON schemas as the documents show them: made of an example, or tidied up after pydantic."""
from collections.abc import Callable, Mapping
from typing import Any


def shape(*values: Any) -> dict[str, Any]:
    """The JSON schema that examples of one thing have in common: what all of them have is required, there may be more,
    and of what is null everywhere it says nothing.
    """
    if all(isinstance(value, Mapping) for value in values):
        names = list(dict.fromkeys(name for value in values for name in value))
        return {
            "type": "object",
            "required": [name for name in names if all(name in value for value in values)],
            "properties": {name: shape(*[value[name] for value in values if name in value]) for name in names},
        }
    if all(isinstance(value, list) for value in values):
        elements = [one for value in values for one in value]
        return {"type": "array"} | ({"items": shape(*elements)} if elements else {})
    kinds = list(dict.fromkeys(_kind(value) for value in values))
    if kinds == ["null"]:
        return {}
    return {"type": kinds[0] if len(kinds) == 1 else kinds}


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int | float):
        return "number" if isinstance(value, float) else "integer"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def tidy(schema: dict[str, Any]) -> dict[str, Any]:
    """Without titles that only repeat a field's name, and without the branches of unions that refuse all they get."""
    def clean(one: dict[str, Any]) -> dict[str, Any]:
        one = {key: value for key, value in one.items() if not (key == "title" and isinstance(value, str))}
        for union in ("oneOf", "anyOf"):
            if isinstance(one.get(union), list):
                kept = [branch for branch in one.pop(union) if branch]
                one |= kept[0] if len(kept) == 1 else {"anyOf": kept}
        return one

    tidied: dict[str, Any] = walk(schema, clean)
    return tidied


def walk(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """The same with every object in it changed, the innermost first."""
    if isinstance(value, dict):
        return change({key: walk(one, change) for key, one in value.items()})
    return [walk(one, change) for one in value] if isinstance(value, list) else value
