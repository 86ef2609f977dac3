"""What the GraphQL door needs of the other domains; the composition root hands it in. Responses, items and events are
JSON objects in Open Responses' shape, as all doors show them.
"""
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from server.common.errors import ApiError

Json = dict[str, Any]


class Viewer(Protocol):
    """One who follows a response. `next` gives frames (JSON) that have come since the last call, merged; none at the
    end. Raises what has ended it.
    """

    async def next(self) -> list[bytes]: ...
    def fail(self, error: ApiError) -> None: ...
    def close(self) -> None: ...


class Feed(Protocol):
    """A response that this gateway follows."""

    def follow(self, after: int = -1, on_fail: Callable[[ApiError], None] | None = None) -> Viewer:
        """Of what comes behind this sequence number. `on_fail` is called when it is ended while a send may be stuck."""

    def resource(self) -> Json:
        """As it stands."""


class Responses(Protocol):
    """All raise ApiError and RelayError; somebody else's response is one that does not exist."""

    async def create(self, user: str, body: Json) -> Json:
        """Validate and submit it; the response as it is then. It is made whether it is followed or not."""

    async def follow(self, user: str, response_id: str) -> Feed: ...
    async def read(self, user: str, response_id: str) -> Json: ...
    async def input_items(self, user: str, response_id: str) -> list[Json]: ...
    async def cancel_and_read(self, user: str, response_id: str) -> Json: ...
    async def delete(self, user: str, response_id: str) -> None: ...


class ModelRead(Protocol):
    """A model that is served now."""

    @property
    def id(self) -> str: ...
    @property
    def created(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def context_tokens(self) -> int: ...
    @property
    def workers(self) -> int: ...
    @property
    def capabilities(self) -> list[str] | None: ...


class Models(Protocol):
    """The catalog. Both raise RelayError."""

    async def models(self) -> Sequence[ModelRead]: ...
    async def default_model(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """All of them."""

    responses: Responses
    models: Models
