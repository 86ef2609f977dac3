"""What items look like, as the core of the protocol knows: conversations are told by who makes them."""
from typing import Any, Protocol

from relay.job import Request
from server.conversations.schemas import Item


class Shapes(Protocol):
    """Items in three shapes: as a client sends them, as it is shown them, and as a model is given them."""

    def own(self, request: Request) -> list[Item]:
        """What a request brought itself, as it is shown."""

    def given(self, value: Any, at: str, most: int) -> list[Item]:
        """What a client has sent in the field `at`, at most so many, as it is shown. Raises BadRequest."""

    def context(self, item: Item) -> Item:
        """What is shown, as a model is given it."""
