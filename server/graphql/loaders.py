"""One loader per relation: what many resolvers of one operation ask for is fetched together, and once."""
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

from server.graphql.ports import Conversation, Json, Known, Page, Ports, Turn, Window

T = TypeVar("T")
MAX_BATCH = 500


@dataclass(frozen=True, slots=True)
class Slice:
    """The first, or last, so many of what a conversation has in its active branch."""

    conversation_id: str
    window: Window


class Loaders:
    """Of one user's operation."""

    def __init__(self, user: str, ports: Ports) -> None:
        conversations = ports.conversations
        self.responses: DataLoader[str, Known | None] = DataLoader(
            _by_id(lambda names: ports.responses.read_many(user, names)), MAX_BATCH)
        self.conversations: DataLoader[str, Conversation | None] = DataLoader(
            _by_id(lambda names: conversations.get_many(user, names)), MAX_BATCH)
        self.items: DataLoader[Slice, Page[Json]] = DataLoader(
            _by_slice(lambda names, window: conversations.items_of_many(user, names, window)))
        self.turns: DataLoader[Slice, Page[Turn]] = DataLoader(
            _by_slice(lambda names, window: conversations.turns_of_many(user, names, window)))


def _by_id(load: Callable[[Sequence[str]], Awaitable[Mapping[str, T]]]) -> Callable[[list[str]], Awaitable[list[Any]]]:
    """None for what is not there."""

    async def load_all(names: list[str]) -> list[T | None]:
        found = await load(names)
        return [found.get(name) for name in names]

    return load_all


def _by_slice(
        load: Callable[[Sequence[str], Window], Awaitable[Mapping[str, Page[T]]]],
) -> Callable[[list[Slice]], Awaitable[list[Any]]]:
    """All slices of one window at once: a query asks for one or two kinds of them."""

    async def load_all(slices: list[Slice]) -> list[Page[T]]:
        names: dict[Window, list[str]] = defaultdict(list)
        for one in slices:
            names[one.window].append(one.conversation_id)
        found = {window: await load(of_these, window) for window, of_these in names.items()}
        return [found[one.window][one.conversation_id] for one in slices]

    return load_all
