"""HTTP answers that are JSON, and the one for whom there is nobody left to hear it."""
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response


def json_answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type="application/json")


def no_answer() -> Response:
    """For a client that has left: what it is answered does not matter."""
    return Response(status_code=400)
