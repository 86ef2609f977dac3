"""A JSON value that fits a JSON schema: the plainest one, always the same one. Knows the common keywords."""
from typing import Any

MAX_DEPTH = 32
WORDS = "Grüße 🦊 "
FORMATS = {
    "date": "2026-04-24", "time": "12:00:00Z", "date-time": "2026-04-24T12:00:00Z", "duration": "P1D",
    "email": "fox@example.org", "hostname": "example.org", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
    "uri": "https://example.org/", "uuid": "00000000-0000-4000-8000-000000000000",
}

Schema = dict[str, Any]


def example(schema: Schema, *, first: bool = True) -> Any:
    """Where the whole schema is one of several, the first one's, or the last one's."""
    either = schema.get("anyOf") or schema.get("oneOf")
    if either:
        return _example(either[0 if first else -1], schema, 0)
    return _example(schema, schema, 0)


def _example(schema: Any, root: Schema, depth: int) -> Any:
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return None
    for keyword in ("const", "default"):
        if keyword in schema:
            return schema[keyword]
    for keyword in ("enum", "examples"):
        if schema.get(keyword):
            return schema[keyword][0]
    if "$ref" in schema:
        return _example(_find(str(schema["$ref"]), root), root, depth + 1)
    for keyword in ("anyOf", "oneOf"):
        if schema.get(keyword):
            return _example(_plainest(schema[keyword]), root, depth + 1)
    if schema.get("allOf"):
        return _example(_merged(schema, root), root, depth + 1)
    return _of_type(_type(schema), schema, root, depth)


def _of_type(kind: str, schema: Schema, root: Schema, depth: int) -> Any:
    if kind == "object":
        return _object(schema, root, depth)
    if kind == "array":
        fixed = schema.get("prefixItems", [])
        more = max(0, max(1, schema.get("minItems", 1)) - len(fixed)) if schema.get("maxItems", 1) else 0
        return [_example(one, root, depth + 1) for one in [*fixed, *[schema.get("items", {})] * more]]
    if kind == "string":
        return _string(schema)
    if kind in ("integer", "number"):
        return _number(schema, kind)
    return True if kind == "boolean" else None


def _object(schema: Schema, root: Schema, depth: int) -> Schema:
    """What is required, and at the top what is not, too; deeper that might have no end."""
    properties = schema.get("properties", {})
    wanted = [*properties, *schema.get("required", [])] if depth == 0 else schema.get("required", list(properties)[:1])
    return {name: _example(properties.get(name, {}), root, depth + 1) for name in dict.fromkeys(wanted)}


def _string(schema: Schema) -> str:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 1 << 30)
    text = FORMATS.get(schema.get("format", ""), WORDS.strip())
    while len(text) < least:
        text += WORDS
    return text[:most] if least <= most else text


def _number(schema: Schema, kind: str) -> int | float:
    """The least that is allowed, or 1 where that is; open ends are a step away, or half of what is left."""
    step = schema.get("multipleOf", 1)
    least, most = _least(schema, step), schema.get("maximum", schema.get("exclusiveMaximum"))
    value: int | float = least if least is not None else 1 if most is None or most > 1 else most - step
    if most is not None and value >= most and "maximum" not in schema:
        value = (schema.get("exclusiveMinimum", most - 2) + most) / 2
    if "multipleOf" in schema:
        value = -(-value // step) * step if most is None or -(-value // step) * step <= most else value // step * step
    return int(value) if kind == "integer" else value


def _least(schema: Schema, step: int | float) -> int | float | None:
    if "exclusiveMinimum" in schema:
        above: int | float = schema["exclusiveMinimum"] + step
        return above
    return schema.get("minimum")


def _type(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if kind is None:
        kind = "object" if "properties" in schema else "array" if "items" in schema else "string"
    return str(kind)


def _plainest(schemas: list[Any]) -> Any:
    return next((one for one in schemas if not (isinstance(one, dict) and one.get("type") == "null")), schemas[0])


def _merged(schema: Schema, root: Schema) -> Schema:
    merged: Schema = {name: value for name, value in schema.items() if name != "allOf"}
    for one in schema["allOf"]:
        part = _find(str(one["$ref"]), root) if "$ref" in one else one
        properties = {**merged.get("properties", {}), **part.get("properties", {})}
        required = [*merged.get("required", []), *part.get("required", [])]
        merged = {**merged, **part, **({"properties": properties, "required": required} if properties else {})}
    return merged


def _find(reference: str, root: Schema) -> Any:
    found: Any = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        if step and isinstance(found, dict):
            found = found.get(step.replace("~1", "/").replace("~0", "~"))
    return found
