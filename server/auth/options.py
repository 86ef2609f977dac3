"""What this installation offers to who is not signed in: what a page decides by which ways in it shows."""
from collections.abc import Sequence

from server.auth.desk import Desk
from server.auth.schemas import EntryOptions
from server.auth.sso.schemas import ProviderRead
from server.common.errors import Unavailable


class Entry:
    """`mail`: whether letters go out to people, and not to the log."""

    def __init__(self, desk: Desk, *, verified_only: bool, mail: bool) -> None:
        self.desk, self.verified_only, self.mail = desk, verified_only, mail

    async def options(self, *, guests: bool, providers: Sequence[ProviderRead]) -> EntryOptions:
        """`guests`: whether who asks would be let in as one. What the database knows is None while it is away."""
        fresh: bool | None = None
        try:
            async with self.desk.open() as work:
                fresh = await work.is_fresh()
        except Unavailable:
            pass
        return EntryOptions(
            guests=guests, registration=True if self.desk.admits_new else fresh, first_account=fresh,
            verified_only=self.verified_only, mail=self.mail, providers=list(providers))
