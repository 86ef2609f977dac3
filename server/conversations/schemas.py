"""What the history holds: responses that have ended, and conversations, their turns and items."""
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from relay.job import Request

T = TypeVar("T")
Item = dict[str, Any]  # in the protocol's shape, with an id
Order = Literal["asc", "desc"]
TurnStatus = Literal["in_progress", "completed", "incomplete", "failed"]
TitleBy = Literal["", "question", "model", "user"]


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


@dataclass(frozen=True, slots=True)
class Conversation:
    """Times are Unix times in seconds. `running` are the responses that are being made in it, oldest first.

    The active branch is the way from a first turn to `active_turn_id`; it is None where there is none yet.
    """

    id: str
    user: str
    created_at: float
    updated_at: float
    title: str = ""
    title_by: TitleBy = ""
    metadata: dict[str, str] = field(default_factory=dict)
    pinned: bool = False
    archived: bool = False
    active_turn_id: str | None = None
    running: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Turn:
    """A node of the tree: a response with what was asked for it, or items that were added by hand.

    `siblings` are the ids of all turns that follow the same parent, this one among them, oldest first.
    """

    id: str
    conversation_id: str
    parent_id: str | None
    status: TurnStatus
    created_at: float
    model: str = ""
    items: list[Item] = field(default_factory=list)
    siblings: list[str] = field(default_factory=list)

    @property
    def response_id(self) -> str | None:
        return self.id if self.id.startswith("resp_") else None


@dataclass(frozen=True, slots=True)
class Share:
    """A link to a conversation's branch up to `turn_id`; whoever has the token may read that, and no more."""

    token: str
    conversation_id: str
    turn_id: str
    title: str
    created_at: float


@dataclass(frozen=True, slots=True)
class SnippetPart:
    """A piece of a text, and whether it is what was searched."""

    text: str
    match: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A conversation that a search has found; without `item_id` and `turn_id` by its title alone."""

    conversation: Conversation
    snippet: list[SnippetPart]
    item_id: str | None = None
    turn_id: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Which page of a list: at most `limit`, in this order, behind the id `after`, before the id `before`."""

    limit: int = 20
    order: Order = "desc"
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`has_more`: there are others behind these (with `before` alone: in front of them)."""

    data: list[T]
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a new turn goes: behind `parent_id` (empty: it is a first one), with the context that this means."""

    parent_id: str
    items: list[Item]
