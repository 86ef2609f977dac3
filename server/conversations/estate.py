"""What this domain keeps for users, handed over or erased as a whole."""
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Insert, delete, func, select, update

from server.common.clock import Clock
from server.common.database import Database
from server.conversations.models import ConversationRow, FormerUserRow, ResponseRow
from server.conversations.reaching import reaching_history
from server.conversations.repository import INSERTS


class HistoryEstate:
    """Responses and conversations. Changes are done whole or not at all, may be done again, and raise SQLAlchemy's
    errors when the database is away.

    What is under way meanwhile is saved later: for the successor, or not at all.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.insert = INSERTS[database.engine.dialect.name]

    async def hand_over(self, owner: str, successor: str) -> None:
        if owner == successor:
            return
        async with self.database.session() as session:
            await session.execute(self._leaves(owner, successor))
            await session.execute(update(ConversationRow).where(ConversationRow.user == owner).values(user=successor))
            await session.execute(update(ResponseRow).where(ResponseRow.user == owner).values(user=successor))

    async def erase(self, owner: str) -> None:
        async with self.database.session() as session:
            await session.execute(self._leaves(owner, None))
            heirless = update(FormerUserRow).where(FormerUserRow.successor == owner).values(successor=None)
            await session.execute(heirless)  # what a guest began who became the owner is nobody's now
            await session.execute(delete(ConversationRow).where(ConversationRow.user == owner))
            await session.execute(delete(ResponseRow).where(ResponseRow.user == owner))

    async def former(self, owner: str) -> Sequence[str]:
        """Whose things were handed over to the owner."""
        query = select(FormerUserRow.user).where(FormerUserRow.successor == owner)
        async with self.database.session() as session:
            return (await session.scalars(query)).all()

    async def count(self, users: Collection[str]) -> Mapping[str, int]:
        """How many conversations each of these has, without those who have none. Raises Unavailable."""
        query = select(ConversationRow.user, func.count()).where(ConversationRow.user.in_(users))
        with reaching_history():
            async with self.database.session() as session:
                return dict((await session.execute(query.group_by(ConversationRow.user))).tuples().all())

    def _leaves(self, owner: str, successor: str | None) -> Insert:
        left = {"successor": successor, "left_at": self.clock.now()}
        row = self.insert(FormerUserRow).values(user_id=owner, **left)
        return row.on_conflict_do_update(index_elements=[FormerUserRow.user], set_=left)
