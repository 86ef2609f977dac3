"""What other domains keep for users, as far as accounts have to do with it."""
from collections.abc import Sequence
from typing import Protocol


class Estate(Protocol):
    """What one domain keeps, by its owners' ids. Both may be called again, and raise Unavailable, or what a database's
    driver raises when it is away. What is still being made for the owner goes the same way when it is saved.
    """

    async def hand_over(self, owner: str, successor: str) -> None:
        """All that is the owner's is the successor's from now on."""

    async def erase(self, owner: str) -> None:
        """All that is the owner's is gone."""


class Estates:
    """Those of all domains, one after another."""

    def __init__(self, estates: Sequence[Estate]) -> None:
        self.estates = estates

    async def hand_over(self, owner: str, successor: str) -> None:
        for estate in self.estates:
            await estate.hand_over(owner, successor)

    async def erase(self, owner: str) -> None:
        for estate in self.estates:
            await estate.erase(owner)
