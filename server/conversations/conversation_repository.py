"""Conversations in the database, without what is said in them."""
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import UpdateBase

from server.common.database import Database
from server.common.errors import BadRequest, Code
from server.conversations.forgetting import forget_responses
from server.conversations.mappers import conversation_of, conversation_values, item_values, turn_values
from server.conversations.models import ConversationRow, ItemRow, TurnRow
from server.conversations.schemas import Conversation, Page, Turn, Window

RUNNING = (
    select(func.aggregate_strings(TurnRow.id, " "))
    .where(TurnRow.conversation_id == ConversationRow.id, TurnRow.status == "in_progress")
    .correlate(ConversationRow)
    .scalar_subquery()
)
COLUMNS = {"metadata": ConversationRow.notes}  # whose attribute is named otherwise


class ConversationRepository:
    """Every method asks for the user, for whom only their own exist. All raise SQLAlchemy's errors when the database
    is away.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    async def create(self, conversation: Conversation, turns: Iterable[Turn] = ()) -> None:
        """A new one, with its turns."""
        turns = list(turns)
        items = [values for turn in turns for values in item_values(turn)]
        async with self.database.session() as session:
            await session.execute(insert(ConversationRow).values(conversation_values(conversation)))
            if turns:
                await session.execute(insert(TurnRow), [turn_values(turn) for turn in turns])
            if items:
                await session.execute(insert(ItemRow), items)

    async def find(self, user: str, conversation_id: str) -> Conversation | None:
        return (await self.find_many(user, [conversation_id])).get(conversation_id)

    async def find_many(self, user: str, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        """Those that there are, by id. One statement."""
        wanted = [name for name in conversation_ids if "\0" not in name]
        query = select(ConversationRow, RUNNING).where(ConversationRow.id.in_(wanted), ConversationRow.user == user)
        async with self.database.session() as session:
            return {row.id: conversation_of(row, running) for row, running in await session.execute(query)}

    async def page(
        self, user: str, window: Window, *, archived: bool | None = None, pinned: bool | None = None
    ) -> Page[Conversation]:
        """Ordered by when something last happened in them. One statement, and one for each cursor.

        Raises BadRequest for a cursor that is none.
        """
        query = select(ConversationRow, RUNNING).where(ConversationRow.user == user)
        for column, wanted in ((ConversationRow.archived, archived), (ConversationRow.pinned, pinned)):
            if wanted is not None:
                query = query.where(column.is_(wanted))
        backwards = window.before is not None and window.after is None  # the page that ends where that one begins
        descending = (window.order == "desc") != backwards
        async with self.database.session() as session:
            for name, cursor in (("after", window.after), ("before", window.before)):
                if cursor is not None:
                    at = await _place(session, user, name, cursor)
                    query = query.where(_beyond(at, less=(window.order == "desc") == (name == "after")))
            keys = (ConversationRow.updated_at, ConversationRow.id)
            query = query.order_by(*[key.desc() if descending else key.asc() for key in keys]).limit(window.limit + 1)
            found = [conversation_of(row, running) for row, running in await session.execute(query)]
        shown = found[:window.limit]
        return Page(shown[::-1] if backwards else shown, len(found) > window.limit)

    async def ids(self, user: str) -> list[str]:
        """Of all of them, the oldest first. One statement."""
        query = select(ConversationRow.id).where(ConversationRow.user == user)
        async with self.database.session() as session:
            return list(await session.scalars(query.order_by(ConversationRow.created_at, ConversationRow.id)))

    async def update(self, user: str, conversation_id: str, changes: dict[str, Any]) -> bool:
        """`changes` by attribute of Conversation; False if there is none of that id."""
        if "\0" in conversation_id:
            return False
        values = {COLUMNS.get(name, getattr(ConversationRow, name)): value for name, value in changes.items()}
        query = update(ConversationRow).where(_is(user, conversation_id)).values(values)
        async with self.database.session() as session:
            return bool(await _changed(session, query))

    async def entitle(self, user: str, conversation_id: str, title: str) -> None:
        """The model's title, unless somebody has given it another one meanwhile."""
        query = update(ConversationRow).where(
            _is(user, conversation_id), ConversationRow.title_by == "question").values(title=title, title_by="model")
        async with self.database.session() as session:
            await session.execute(query)

    async def delete(self, user: str, conversation_id: str, at: float) -> bool:
        """With all that was said in it, whether it is saved already or not. False if there is none of that id."""
        if "\0" in conversation_id:
            return False
        whose = _is(user, conversation_id)
        async with self.database.session() as session:
            # first of all, against who adds a turn now
            if not await _changed(session, update(ConversationRow).where(whose).values(active_turn_id=None)):
                return False
            await forget_responses(session, whose, at)
            await session.execute(delete(ConversationRow).where(whose))
        return True

    async def count(self, user: str) -> tuple[int, int]:
        """How many there are, and how many of them are archived. One statement."""
        archived = func.count(case((ConversationRow.archived, 1)))
        query = select(func.count(), archived).where(ConversationRow.user == user)
        async with self.database.session() as session:
            return (await session.execute(query)).tuples().one()

    async def archive_all(self, user: str) -> int:
        """How many were not archived before. One statement."""
        query = update(ConversationRow).where(ConversationRow.user == user, ConversationRow.archived.is_(False))
        async with self.database.session() as session:
            return await _changed(session, query.values(archived=True))

    async def delete_all(self, user: str, count: int, at: float) -> list[str]:
        """As `delete`, each of them, if there are `count`: else nothing is, and BadRequest is raised.

        The ids of the responses that were under way. Four statements.
        """
        whose = ConversationRow.user == user
        running = select(TurnRow.id).join(ConversationRow, ConversationRow.id == TurnRow.conversation_id).where(
            whose, TurnRow.status == "in_progress")
        async with self.database.session() as session:
            found = await _changed(session, update(ConversationRow).where(whose).values(active_turn_id=None))
            if found == count:
                stopped = list(await session.scalars(running))
                await forget_responses(session, whose, at)
                found = await _changed(session, delete(ConversationRow).where(whose))  # one more may have been begun
            if found != count:
                raise BadRequest(
                    Code.COUNT_DIFFERS, f"You have {found:,} conversations, not {count:,}; nothing was deleted. "
                    "Look whether you mean all of these.", "count")
        return stopped


async def _changed(session: AsyncSession, query: UpdateBase) -> int:
    count: int = (await session.execute(query)).rowcount  # type: ignore[attr-defined]
    return count


def _is(user: str, conversation_id: str) -> ColumnElement[bool]:
    return and_(ConversationRow.id == conversation_id, ConversationRow.user == user)


async def _place(session: AsyncSession, user: str, name: str, cursor: str) -> tuple[float, str]:
    query = select(ConversationRow.updated_at, ConversationRow.id).where(_is(user, cursor))
    row = None if "\0" in cursor else (await session.execute(query)).one_or_none()
    if row is None:
        raise BadRequest(Code.INVALID_VALUE, f"`{name}`: there is no conversation `{cursor[:128]}` of yours.", name)
    return row.updated_at, row.id


def _beyond(at: tuple[float, str], *, less: bool) -> ColumnElement[bool]:
    time, name = ConversationRow.updated_at, ConversationRow.id
    if less:
        return or_(time < at[0], and_(time == at[0], name < at[1]))
    return or_(time > at[0], and_(time == at[0], name > at[1]))
