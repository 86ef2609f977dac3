"""What the history holds of a response."""
from dataclasses import dataclass
from typing import Any

from relay.job import Request


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response that has ended: what was asked, and the response resource as the client saw it at the end."""

    request: Request
    response: dict[str, Any]

    @property
    def has_ended(self) -> bool:
        return self.response.get("status") in ("completed", "incomplete", "failed")

    @property
    def output(self) -> list[dict[str, Any]]:
        output: list[dict[str, Any]] = self.response.get("output", [])
        return output
