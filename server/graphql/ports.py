"""What the GraphQL door needs of the other domains; the composition root hands it in. Responses, items and events are
JSON objects in Open Responses' shape, as all doors show them.
"""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

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


class Known(Protocol):
    """A response as it stands, and what was asked for it."""

    @property
    def response(self) -> Json: ...
    def input(self) -> list[Json]: ...


class Responses(Protocol):
    """All raise ApiError and RelayError; somebody else's response is one that does not exist."""

    async def create(self, user: str, body: Json) -> Json:
        """Validate and submit it; the response as it is then. It is made whether it is followed or not."""

    async def follow(self, user: str, response_id: str) -> Feed: ...
    async def read_many(self, user: str, response_ids: Sequence[str]) -> Mapping[str, Known]:
        """Those that this user may see, by id."""

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


class WorkerRead(Protocol):
    """A worker, as it says of itself; `started_at` is a Unix time."""

    @property
    def name(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def running(self) -> int: ...
    @property
    def capacity(self) -> int: ...
    @property
    def kv_usage(self) -> float: ...
    @property
    def tokens_per_s(self) -> float: ...
    @property
    def started_at(self) -> float: ...


class Models(Protocol):
    """The catalog. All raise RelayError."""

    async def workers(self) -> Sequence[WorkerRead]: ...

    async def models(self) -> Sequence[ModelRead]: ...
    async def default_model(self) -> str: ...


class Conversation(Protocol):
    """Times are Unix times in seconds. `running` are ids of responses."""

    @property
    def id(self) -> str: ...
    @property
    def created_at(self) -> float: ...
    @property
    def updated_at(self) -> float: ...
    @property
    def title(self) -> str: ...
    @property
    def metadata(self) -> dict[str, str]: ...
    @property
    def pinned(self) -> bool: ...
    @property
    def archived(self) -> bool: ...
    @property
    def active_turn_id(self) -> str | None: ...
    @property
    def running(self) -> Sequence[str]: ...


class Turn(Protocol):
    """A node of a conversation's tree; `model` is empty where none was asked."""

    @property
    def id(self) -> str: ...
    @property
    def conversation_id(self) -> str: ...
    @property
    def parent_id(self) -> str | None: ...
    @property
    def status(self) -> str: ...
    @property
    def created_at(self) -> float: ...
    @property
    def model(self) -> str: ...
    @property
    def items(self) -> Sequence[Json]: ...
    @property
    def siblings(self) -> Sequence[str]: ...


T_co = TypeVar("T_co", covariant=True)


class Page(Protocol[T_co]):
    """`has_more`: there are others beyond these."""

    @property
    def data(self) -> Sequence[T_co]: ...
    @property
    def has_more(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Window:
    """Which page of a list: at most `limit`, behind the id `after`, or those that end before the id `before`."""

    limit: int
    order: str = "desc"
    after: str | None = None
    before: str | None = None


class SnippetPart(Protocol):
    """A piece of a text, and whether it is what was searched."""

    @property
    def text(self) -> str: ...
    @property
    def match(self) -> bool: ...


class Hit(Protocol):
    """A conversation that a search has found, by an item of a turn, or by its title."""

    @property
    def conversation(self) -> Conversation: ...
    @property
    def snippet(self) -> Sequence[SnippetPart]: ...
    @property
    def item_id(self) -> str | None: ...
    @property
    def turn_id(self) -> str | None: ...


class Conversations(Protocol):
    """All raise ApiError; somebody else's conversation is one that does not exist."""

    async def get_many(self, user: str, names: Sequence[str]) -> Mapping[str, Conversation]:
        """Those that there are, by id."""

    async def page(
        self, user: str, window: Window, archived: bool | None, pinned: bool | None) -> Page[Conversation]: ...
    async def items(self, user: str, name: str, window: Window, leaf: str | None) -> Page[Json]: ...
    async def turns(self, user: str, name: str, window: Window, leaf: str | None) -> Page[Turn]: ...
    async def items_of_many(self, user: str, names: Sequence[str], window: Window) -> Mapping[str, Page[Json]]:
        """Of each its active branch's."""

    async def turns_of_many(self, user: str, names: Sequence[str], window: Window) -> Mapping[str, Page[Turn]]:
        """Of each its active branch's."""

    async def siblings(self, user: str, name: str, turn_id: str) -> Sequence[Turn]: ...
    async def create(self, user: str, body: Json) -> Conversation:
        """`body` as `POST /v1/conversations` takes it."""

    async def update(self, user: str, name: str, body: Json) -> Conversation:
        """`body` as `POST /v1/conversations/{id}` takes it."""

    async def branch(self, user: str, name: str, turn_id: str) -> Conversation: ...
    async def delete(self, user: str, name: str) -> None: ...
    async def search(self, user: str, query: str, limit: int) -> Sequence[Hit]: ...


@dataclass(frozen=True, slots=True)
class Ports:
    """All of them."""

    responses: Responses
    conversations: Conversations
    models: Models
