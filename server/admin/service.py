"""What an administrator may do about others, as this domain asks for it: accounts are another's."""
from collections.abc import Sequence
from typing import Protocol


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


class Users(Protocol):
    """All methods raise ApiError."""

    async def page(self, after: str | None, limit: int) -> tuple[Sequence[Member], bool]:
        """In the order in which they came, and whether there are more. Raises NotFound for an unknown `after`."""

    async def change(self, user_id: str, *, role: str | None, is_active: bool | None) -> Member:
        """Raises NotFound, and BadRequest with `last_administrator`."""
