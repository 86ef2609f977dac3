"""What is said in conversations, written to the database: turns, their items, and which branch is the active one."""
from typing import Any

from sqlalchemy import Update, case, delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.common.database import Database
from server.conversations.branch_repository import owned
from server.conversations.mappers import item_values, turn_values
from server.conversations.models import ConversationRow, ItemRow, TurnRow
from server.conversations.repository import INSERTS
from server.conversations.schemas import Turn


class TreeRepository:
    """All raise SQLAlchemy's errors when the database is away. Nothing that is there is overwritten."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.insert = INSERTS[database.engine.dialect.name]

    async def begin(self, turn: Turn, title: str) -> bool:
        """Put a turn that has begun at the end of what is now the active branch. False if there is no conversation.

        `title` is the conversation's from now on, if it has none. The turn may be there already, even ended.
        """
        async with self.database.session() as session:
            if not await _touch(session, turn, title, turn.created_at, active_turn_id=turn.id):
                return False
            await self._add(session, turn)
        return True

    async def end(self, turn: Turn, title: str, at: float) -> bool:
        """Keep a turn as it has ended, once. False if there is no conversation (any more)."""
        ended = update(TurnRow).where(TurnRow.id == turn.id, TurnRow.status == "in_progress").values(status=turn.status)
        async with self.database.session() as session:
            if not await _touch(session, turn, title, at):
                return False
            if await _changes(session, ended):
                await session.execute(delete(ItemRow).where(ItemRow.turn_id == turn.id))
                await _add_items(session, turn)
            elif await self._add(session, turn):  # its beginning was not told
                later = exists().where(
                    TurnRow.conversation_id == turn.conversation_id, TurnRow.created_at > turn.created_at)
                await session.execute(_of(turn).where(~later).values(active_turn_id=turn.id))
        return True

    async def _add(self, session: AsyncSession, turn: Turn) -> bool:
        row = self.insert(TurnRow).values(turn_values(turn)).on_conflict_do_nothing(index_elements=[TurnRow.id])
        added = await _changes(session, row)
        if added:
            await _add_items(session, turn)
        return added

    async def activate(self, user: str, conversation_id: str, turn_id: str) -> str | None:
        """Make the newest branch through a turn the active one: its last turn's id. None if there is no such turn."""
        if "\0" in turn_id + conversation_id:
            return None
        below = owned(user, conversation_id, select(TurnRow.id, TurnRow.created_at)).where(
            TurnRow.id == turn_id).cte("below", recursive=True)
        below = below.union_all(
            select(TurnRow.id, TurnRow.created_at).join(below, TurnRow.parent_id == below.c.id)
            .where(TurnRow.conversation_id == conversation_id))
        async with self.database.session() as session:
            last = await session.scalar(select(below.c.id).order_by(below.c.created_at.desc(), below.c.id).limit(1))
            if last is not None:
                await session.execute(update(ConversationRow).where(
                    ConversationRow.id == conversation_id).values(active_turn_id=last))
        found: str | None = last
        return found

    async def delete_item(self, user: str, conversation_id: str, item_id: str) -> bool:
        if "\0" in item_id + conversation_id:
            return False
        turns = owned(user, conversation_id, select(TurnRow.id))
        query = delete(ItemRow).where(ItemRow.id == item_id, ItemRow.turn_id.in_(turns))
        async with self.database.session() as session:
            return await _changes(session, query)


async def _touch(session: AsyncSession, turn: Turn, title: str, at: float, **values: Any) -> bool:
    """Something happens in the conversation. First in its transaction, for it also makes who deletes it wait."""
    if title:
        untitled = ConversationRow.title == ""
        values["title"] = case((untitled, title), else_=ConversationRow.title)
        values["title_by"] = case((untitled, "question"), else_=ConversationRow.title_by)
    values["updated_at"] = case((ConversationRow.updated_at < at, at), else_=ConversationRow.updated_at)
    return await _changes(session, _of(turn).values(values))


def _of(turn: Turn) -> Update:
    return update(ConversationRow).where(ConversationRow.id == turn.conversation_id)


async def _changes(session: AsyncSession, query: Any) -> bool:
    """Whether there was anything to change."""
    return bool((await session.execute(query)).rowcount)  # type: ignore[attr-defined]


async def _add_items(session: AsyncSession, turn: Turn) -> None:
    if turn.items:
        await session.execute(insert(ItemRow), item_values(turn))
