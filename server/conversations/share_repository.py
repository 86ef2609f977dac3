"""Links to conversations, in the database."""
from sqlalchemy import delete, insert, select

from server.common.database import Database
from server.conversations.mappers import share_of
from server.conversations.models import ConversationRow, ShareRow
from server.conversations.schemas import Share


class ShareRepository:
    """All raise SQLAlchemy's errors when the database is away."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def create(self, share: Share) -> None:
        row = insert(ShareRow).values(
            token=share.token, conversation_id=share.conversation_id, turn_id=share.turn_id, title=share.title,
            created_at=share.created_at)
        async with self.database.session() as session:
            await session.execute(row)

    async def of_conversation(self, user: str, conversation_id: str) -> list[Share]:
        """Newest first."""
        if "\0" in conversation_id:
            return []
        query = select(ShareRow).join(ConversationRow, ConversationRow.id == ShareRow.conversation_id).where(
            ConversationRow.id == conversation_id, ConversationRow.user == user).order_by(ShareRow.created_at.desc())
        async with self.database.session() as session:
            return [share_of(row) for row in await session.scalars(query)]

    async def find(self, token: str) -> tuple[str, Share] | None:
        """Whose it is, and the share."""
        if "\0" in token:
            return None
        query = select(ConversationRow.user, ShareRow).join(
            ConversationRow, ConversationRow.id == ShareRow.conversation_id).where(ShareRow.token == token)
        async with self.database.session() as session:
            row = (await session.execute(query)).one_or_none()
        return None if row is None else (row[0], share_of(row[1]))

    async def delete(self, user: str, conversation_id: str, token: str) -> bool:
        """False if there is none."""
        if "\0" in token + conversation_id:
            return False
        owned = select(ConversationRow.id).where(ConversationRow.id == conversation_id, ConversationRow.user == user)
        query = delete(ShareRow).where(ShareRow.token == token, ShareRow.conversation_id.in_(owned))
        async with self.database.session() as session:
            return bool((await session.execute(query)).rowcount)  # type: ignore[attr-defined]
