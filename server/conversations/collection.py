"""What can be done with all conversations that a user has, archived ones among them, at once."""
from server.common.clock import Clock
from server.conversations.conversation_repository import ConversationRepository
from server.conversations.reaching import reaching_history
from server.conversations.service import Responses, stop


class Collection:
    """All methods raise Unavailable while the database is away."""

    def __init__(self, conversations: ConversationRepository, responses: Responses, clock: Clock) -> None:
        self.conversations, self.responses, self.clock = conversations, responses, clock

    async def count(self, user: str) -> tuple[int, int]:
        """How many there are, and how many of them are archived."""
        with reaching_history():
            return await self.conversations.count(user)

    async def archive(self, user: str) -> int:
        """How many were not archived before."""
        with reaching_history():
            return await self.conversations.archive_all(user)

    async def delete(self, user: str, count: int) -> None:
        """With the text of all their responses and all links to them; what is being made in them is stopped.

        `count` is how many whoever asks believes there are: nobody deletes what they have not seen. Raises BadRequest
        with `count_differs`; then all are still there.
        """
        with reaching_history():
            running = await self.conversations.delete_all(user, count, self.clock.now())
        await stop(self.responses, user, running)
