"""Others' accounts, with what is known of them beside."""
from collections.abc import Sequence

from server.admin.mappers import shown_member
from server.admin.ports import Conversations, Holdings, Member, Users
from server.admin.schemas import MemberList, MemberRead
from server.common.clock import Clock
from server.common.errors import BadRequest, Code


class Members:
    """All methods raise ApiError."""

    def __init__(self, users: Users, conversations: Conversations, present: Holdings, clock: Clock) -> None:
        self.users, self.conversations, self.present, self.clock = users, conversations, present, clock

    async def page(self, words: str, after: str | None, limit: int) -> MemberList:
        if "\0" in words:
            raise BadRequest(Code.INVALID_VALUE, "`query` has a character U+0000 in it, which no name has.", "query")
        words = words.strip()
        accounts, has_more = await self.users.page(words, after, limit)
        shown = await self._shown(accounts)
        return MemberList(
            data=shown, first_id=shown[0].id if shown else None, last_id=shown[-1].id if shown else None,
            has_more=has_more, total=await self.users.count(words))

    async def invite(self, email: str, display_name: str, role: str) -> MemberRead:
        """Raises BadRequest with `email_taken`."""
        [shown] = await self._shown([await self.users.invite(email, display_name, role)])
        return shown

    async def change(self, user_id: str, *, role: str | None, is_active: bool | None) -> MemberRead:
        """Raises NotFound, and BadRequest with `last_administrator`."""
        [shown] = await self._shown([await self.users.change(user_id, role=role, is_active=is_active)])
        return shown

    async def _shown(self, accounts: Sequence[Member]) -> list[MemberRead]:
        ids = [account.id for account in accounts]
        doors, conversations = await self.users.doors(ids), await self.conversations.count(ids)
        stays, now = await self.present.holdings(ids), self.clock.now()
        return [
            shown_member(account, doors[account.id], conversations.get(account.id, 0),
                         None if stays is None else stays.get(account.id, ()), now)
            for account in accounts]
