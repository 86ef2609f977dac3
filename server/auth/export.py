"""All that somebody has here, to be taken out: what accounts know of them, and what other domains keep for them."""
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.auth.keys import Keys
from server.auth.models import Account, ApiKeyRow, SessionRow
from server.auth.profile import Profile
from server.auth.schemas import User
from server.auth.sso.schemas import LinkedIdentity
from server.auth.sso.service import SsoService

Belongings = Callable[[str], AsyncIterator[Any]]
"""By its owner's id what one domain keeps, one thing after another: it may be larger than memory. Raises ApiError."""


@dataclass(frozen=True, slots=True)
class Possessions:
    """What accounts know of somebody; `account` is None for a guest of whom they know nothing."""

    account: Account | None
    identities: Sequence[LinkedIdentity]
    sessions: Sequence[SessionRow]
    keys: Sequence[ApiKeyRow]


class AccountExport:
    """`belongings`: those of other domains, by the name that they have in the document."""

    def __init__(self, profile: Profile, keys: Keys, sso: SsoService, belongings: Mapping[str, Belongings]) -> None:
        self.profile, self.keys, self.sso, self.belongings = profile, keys, sso, belongings

    async def possessions(self, user: User) -> Possessions:
        """Raises ApiError."""
        return Possessions(
            await self.profile.read(user), await self.sso.identities(user.id), await self.profile.sessions(user),
            await self.keys.list(user))

    def of(self, user: User) -> dict[str, AsyncIterator[Any]]:
        """What other domains keep for them, by name."""
        return {name: belongings(user.id) for name, belongings in self.belongings.items()}
