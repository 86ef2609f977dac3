"""Links by which anybody may read a branch of a conversation as it was then, until the link is taken back."""
from dataclasses import replace

from server.common import ids
from server.common.clock import Clock
from server.common.errors import BadRequest, Code, NotFound
from server.conversations.branch_repository import BranchRepository
from server.conversations.reaching import reaching_history
from server.conversations.schemas import Item, Page, Share, Turn, Window
from server.conversations.service import ConversationService
from server.conversations.share_repository import ShareRepository
from server.conversations.tree import ConversationTree, no_turn

PRIVATE_ROLES = ("system", "developer")  # whoever wrote these meant them for the model


class Sharing:
    """What is added to the conversation later, and other branches, a link does not show; what is deleted is gone."""

    def __init__(
        self, *, conversations: ConversationService, tree: ConversationTree, branches: BranchRepository,
        shares: ShareRepository, clock: Clock,
    ) -> None:
        self.conversations, self.tree, self.branches = conversations, tree, branches
        self.shares, self.clock = shares, clock

    async def create(self, user: str, conversation_id: str, turn_id: str | None = None) -> Share:
        """Raises NotFound, BadRequest where nothing has ended that could be shown, Unavailable."""
        conversation = await self.conversations.get(user, conversation_id)
        with reaching_history():
            branch = await self.branches.branch(user, conversation_id, turn_id)
        if turn_id is not None and not branch:
            raise no_turn(turn_id)
        last = await self._last_ended(user, branch)
        share = Share(ids.share_token(), conversation_id, last.id, conversation.title, self.clock.now())
        with reaching_history():
            await self.shares.create(share)
        return share

    async def _last_ended(self, user: str, branch: list[Turn]) -> Turn:
        for turn in reversed(branch):
            if (await self.tree.shown(user, turn)).status in ("completed", "incomplete"):
                return turn
        raise BadRequest(
            Code.INVALID_VALUE, "Nothing has been answered in this branch yet, so there is nothing to share.")

    async def of_conversation(self, user: str, conversation_id: str) -> list[Share]:
        await self.conversations.get(user, conversation_id)
        with reaching_history():
            return await self.shares.of_conversation(user, conversation_id)

    async def revoke(self, user: str, conversation_id: str, token: str) -> None:
        with reaching_history():
            revoked = await self.shares.delete(user, conversation_id, token)
        if not revoked:
            await self.conversations.get(user, conversation_id)
            raise _no_share()

    async def read(self, token: str, window: Window) -> tuple[Share, Page[Item]]:
        """For anybody who has the token. Two SQL statements. Raises NotFound, Unavailable."""
        with reaching_history():
            found = await self.shares.find(token)
            if found is None:
                raise _no_share()
            user, share = found
            page = await self.branches.items(user, share.conversation_id, window, share.turn_id)
        return share, replace(page, data=[item for item in page.data if item.get("role") not in PRIVATE_ROLES])


def _no_share() -> NotFound:
    return NotFound(Code.SHARE_NOT_FOUND, "Nothing is shared under this link, or no longer.", "token")
