"""JSON schemas that a client sends, of a text or of a tool's arguments: an object, and not too much of one."""
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator

from server.common.errors import Code
from server.common.validation import flaw

MAX_SCHEMA_BYTES = 65_536
MAX_SCHEMA_DEPTH = 64  # orjson writes 254 levels and Lua's cmsgpack 16 Mi, but a grammar of such a depth is no use


def _bounded(schema: dict[str, Any]) -> dict[str, Any]:
    level: list[Any] = [schema]
    depth = 0
    while level:
        depth += 1
        if depth > MAX_SCHEMA_DEPTH:
            raise flaw(Code.INVALID_VALUE, f"is nested deeper than {MAX_SCHEMA_DEPTH} levels")
        below = [child for one in level for child in (one.values() if isinstance(one, dict) else one)]
        level = [child for child in below if isinstance(child, dict | list)]
    if len(orjson.dumps(schema)) > MAX_SCHEMA_BYTES:
        raise flaw(Code.INPUT_TOO_LARGE, f"is larger than {MAX_SCHEMA_BYTES:,} bytes")
    return schema


JsonSchema = Annotated[dict[str, Any], AfterValidator(_bounded)]
