"""The Open Responses specification (version 2026-04-24), and checks against its schemas."""
import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

_SPEC: dict[str, Any] = json.loads((Path(__file__).parent / "openresponses-2026-04-24.json").read_text())
_SCHEMAS: dict[str, dict[str, Any]] = _SPEC["components"]["schemas"]
_EVENT_SCHEMAS: dict[str, str] = {
    kind: name
    for name, schema in _SCHEMAS.items()
    if name.endswith("StreamingEvent")
    for kind in schema["properties"]["type"]["enum"]
}


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": {"schemas": _SCHEMAS}})


def check(name: str, value: Any) -> None:
    """Raises jsonschema.ValidationError unless the value is one of schema `name`."""
    _validator(name).validate(value)


def check_event(event: dict[str, Any]) -> None:
    """A streaming event is as its type's schema says; of one outside of the spec, only that it is marked so."""
    kind = event["type"]
    if kind.startswith("parley:"):
        assert isinstance(event["sequence_number"], int)
    else:
        check(_EVENT_SCHEMAS[kind], event)
