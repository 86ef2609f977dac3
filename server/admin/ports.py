"""What administration asks of others: accounts and conversations are theirs."""
from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from relay.views import Stay


class Member(Protocol):
    """An account."""

    @property
    def id(self) -> str: ...
    @property
    def email(self) -> str | None: ...
    @property
    def display_name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def is_verified(self) -> bool: ...
    @property
    def is_guest(self) -> bool: ...
    @property
    def created_at(self) -> float: ...
    @property
    def last_seen_at(self) -> float | None: ...


class Names(Protocol):
    async def named(self, ids: Collection[str]) -> Mapping[str, Member]:
        """The accounts among them, by id. Raises ApiError."""


class Users(Names, Protocol):
    """All methods raise ApiError."""

    async def page(self, words: str, after: str | None, limit: int) -> tuple[Sequence[Member], bool]:
        """In the order in which they came, and whether there are more; of those that `words` are found in, if there are
        any. Raises NotFound for an unknown `after`.
        """

    async def count(self, words: str) -> int:
        """How many there are in all pages."""

    async def doors(self, ids: Collection[str]) -> Mapping[str, tuple[int, int]]:
        """How many sessions and keys each has."""

    async def invite(self, email: str, display_name: str, role: str) -> Member:
        """An account for somebody who chooses the password by letter; the letter again, as long as they have not.

        Raises BadRequest with `email_taken`.
        """

    async def change(self, user_id: str, *, role: str | None, is_active: bool | None) -> Member:
        """Raises NotFound, and BadRequest with `last_administrator`."""


class Conversations(Protocol):
    async def count(self, users: Collection[str]) -> Mapping[str, int]:
        """How many each has. Raises ApiError."""


class Holdings(Protocol):
    async def holdings(self, users: Sequence[str]) -> Mapping[str, Sequence[Stay]] | None:
        """What each holds open, and where; None while that cannot be known."""
