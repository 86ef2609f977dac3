"""What this domain keeps for users, handed over or erased as a whole."""
from sqlalchemy import delete, update

from server.common.database import Database
from server.conversations.models import ResponseRow


class ResponseEstate:
    """Responses that were saved. Both methods raise SQLAlchemy's errors when the database is away."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def hand_over(self, owner: str, successor: str) -> None:
        async with self.database.session() as session:
            await session.execute(update(ResponseRow).where(ResponseRow.user == owner).values(user=successor))

    async def erase(self, owner: str) -> None:
        async with self.database.session() as session:
            await session.execute(delete(ResponseRow).where(ResponseRow.user == owner))
