"""What is said in conversations, read from the database: branches, turns and items.

Every method asks for the user, for whom only their own conversations exist; of all others nothing is found.
"""
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import CTE, ColumnElement, Select, Text, and_, cast, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.common.database import Database
from server.common.errors import BadRequest, Code
from server.conversations.mappers import turn_of
from server.conversations.models import ConversationRow, ItemRow, TurnRow
from server.conversations.schemas import Item, Page, Turn, Window

T = TypeVar("T")
Siblings = dict[tuple[str, str | None], list[str]]  # ids by conversation and the turn that they follow
WITH_ITEMS = select(TurnRow, ItemRow).select_from(TurnRow)


def branches(user: str, conversation_ids: Iterable[str], leaf: str | None = None) -> CTE:
    """The active branches of some conversations (or the one that ends with `leaf`): id, parent_id, conversation_id,
    and the distance from the end.
    """
    wanted = [name for name in conversation_ids if "\0" not in name]
    end = TurnRow.id == (ConversationRow.active_turn_id if leaf is None else literal(leaf.replace("\0", "")))
    path = (
        select(TurnRow.id, TurnRow.parent_id, TurnRow.conversation_id, literal(0).label("distance"))
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        .where(ConversationRow.id.in_(wanted), ConversationRow.user == user, end)
        .cte("branch", recursive=True)
    )
    above = select(TurnRow.id, TurnRow.parent_id, TurnRow.conversation_id, path.c.distance + 1).join(
        path, and_(TurnRow.id == path.c.parent_id, TurnRow.conversation_id == path.c.conversation_id))
    return path.union_all(above)


def owned(user: str, conversation_id: str, query: Select[Any]) -> Select[Any]:
    """A query about turns, narrowed to one conversation of the user's."""
    return query.join(ConversationRow, ConversationRow.id == TurnRow.conversation_id).where(
        ConversationRow.id == conversation_id, ConversationRow.user == user)


class BranchRepository:
    """All raise SQLAlchemy's errors when the database is away. A turn comes with its items."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def turn(self, user: str, conversation_id: str, turn_id: str) -> Turn | None:
        """With its items. One statement."""
        if "\0" in turn_id + conversation_id:
            return None
        query = owned(user, conversation_id, WITH_ITEMS).outerjoin(
            ItemRow, ItemRow.turn_id == TurnRow.id).where(TurnRow.id == turn_id).order_by(ItemRow.place)
        async with self.database.session() as session:
            rows = (await session.execute(query)).all()
        return _turns(rows)[0] if rows else None

    async def turns(
            self, user: str, conversation_id: str, window: Window, leaf: str | None = None) -> Page[Turn]:
        """A branch, each turn with its items and siblings. Two statements, and one for a cursor.

        Raises BadRequest for a cursor that is none.
        """
        path = branches(user, [conversation_id], leaf)
        away = path.c.distance if window.order == "desc" else -path.c.distance
        async with self.database.session() as session:
            page = select(path.c.id, away.label("away")).order_by(away).limit(window.limit + 1)
            if window.after is not None:
                at = await session.scalar(select(away).where(path.c.id == window.after.replace("\0", "")))
                if at is None:
                    raise _no_cursor("turn", window.after)
                page = page.where(away > at)
            shown = page.subquery()
            query = WITH_ITEMS.join(shown, shown.c.id == TurnRow.id).outerjoin(
                ItemRow, ItemRow.turn_id == TurnRow.id).order_by(shown.c.away, ItemRow.place)
            turns = _turns((await session.execute(query)).all())
            siblings = await self._siblings(session, turns)
        return _page(_beside(turns, siblings), window)

    async def siblings(self, user: str, conversation_id: str, turn_id: str) -> list[Turn]:
        """All turns that follow the same parent, oldest first, with their items; empty if there is no such turn.

        Two statements.
        """
        if "\0" in turn_id + conversation_id:
            return []
        async with self.database.session() as session:
            parent = (await session.execute(
                owned(user, conversation_id, select(TurnRow.parent_id)).where(TurnRow.id == turn_id))).one_or_none()
            if parent is None:
                return []
            beside = TurnRow.parent_id.is_(None) if parent[0] is None else TurnRow.parent_id == parent[0]
            query = WITH_ITEMS.outerjoin(ItemRow, ItemRow.turn_id == TurnRow.id).where(
                TurnRow.conversation_id == conversation_id, beside).order_by(
                TurnRow.created_at, TurnRow.id, ItemRow.place)
            turns = _turns((await session.execute(query)).all())
        names = [turn.id for turn in turns]
        return [replace(turn, siblings=names) for turn in turns]

    async def branch(self, user: str, conversation_id: str, leaf: str | None = None) -> list[Turn]:
        """A whole branch from its beginning, with items. One statement."""
        path = branches(user, [conversation_id], leaf)
        query = WITH_ITEMS.join(path, path.c.id == TurnRow.id).outerjoin(
            ItemRow, ItemRow.turn_id == TurnRow.id).order_by(path.c.distance.desc(), ItemRow.place)
        async with self.database.session() as session:
            return _turns((await session.execute(query)).all())

    async def size(self, user: str, conversation_id: str, leaf: str | None = None) -> int:
        """About how many bytes of JSON a branch's items are, without reading them. One statement."""
        path = branches(user, [conversation_id], leaf)
        query = select(func.sum(func.length(cast(ItemRow.item, Text)))).join(path, path.c.id == ItemRow.turn_id)
        async with self.database.session() as session:
            return (await session.scalar(query)) or 0

    async def all_turns(self, user: str, conversation_id: str) -> list[Turn]:
        """The whole tree, oldest first, with items. One statement."""
        if "\0" in conversation_id:
            return []
        query = owned(user, conversation_id, WITH_ITEMS).outerjoin(
            ItemRow, ItemRow.turn_id == TurnRow.id).order_by(TurnRow.created_at, TurnRow.id, ItemRow.place)
        async with self.database.session() as session:
            return _turns((await session.execute(query)).all())

    async def items(
            self, user: str, conversation_id: str, window: Window, leaf: str | None = None) -> Page[Item]:
        """A branch's items. One statement, and one for a cursor. Raises BadRequest for a cursor that is none."""
        path = branches(user, [conversation_id], leaf)
        descending = window.order == "desc"
        query = select(ItemRow.item).join(path, path.c.id == ItemRow.turn_id)
        async with self.database.session() as session:
            if window.after is not None:
                place = select(path.c.distance, ItemRow.place).select_from(ItemRow).join(
                    path, path.c.id == ItemRow.turn_id).where(ItemRow.id == window.after.replace("\0", ""))
                at = (await session.execute(place)).first()
                if at is None:
                    raise _no_cursor("item", window.after)
                query = query.where(_behind(path, at.distance, at.place, descending))
            order = (path.c.distance, ItemRow.place.desc()) if descending else (path.c.distance.desc(), ItemRow.place)
            found = list(await session.scalars(query.order_by(*order).limit(window.limit + 1)))
        return _page(found, window)

    async def items_of_many(
            self, user: str, conversation_ids: Sequence[str], window: Window) -> dict[str, Page[Item]]:
        """Of each conversation the first items of its active branch, in the window's order. One statement."""
        path = branches(user, conversation_ids)
        descending = window.order == "desc"
        order = (path.c.distance, ItemRow.place.desc()) if descending else (path.c.distance.desc(), ItemRow.place)
        number = func.row_number().over(partition_by=path.c.conversation_id, order_by=order).label("number")
        numbered = select(path.c.conversation_id, ItemRow.item, number).select_from(ItemRow).join(
            path, path.c.id == ItemRow.turn_id).subquery()
        query = select(numbered.c.conversation_id, numbered.c.item).where(
            numbered.c.number <= window.limit + 1).order_by(numbered.c.conversation_id, numbered.c.number)
        found: dict[str, list[Item]] = {name: [] for name in conversation_ids}
        async with self.database.session() as session:
            for name, item in await session.execute(query):
                found[name].append(item)
        return {name: _page(items, window) for name, items in found.items()}

    async def turns_of_many(
            self, user: str, conversation_ids: Sequence[str], window: Window) -> dict[str, Page[Turn]]:
        """Of each conversation the first turns of its active branch, in the window's order. Two statements."""
        path = branches(user, conversation_ids)
        away = path.c.distance if window.order == "desc" else -path.c.distance
        number = func.row_number().over(partition_by=path.c.conversation_id, order_by=away).label("number")
        numbered = select(path.c.id, number).subquery()
        query = WITH_ITEMS.join(numbered, numbered.c.id == TurnRow.id).outerjoin(
            ItemRow, ItemRow.turn_id == TurnRow.id).where(numbered.c.number <= window.limit + 1).order_by(
            TurnRow.conversation_id, numbered.c.number, ItemRow.place)
        found: dict[str, list[Turn]] = {name: [] for name in conversation_ids}
        async with self.database.session() as session:
            for turn in _turns((await session.execute(query)).all()):
                found[turn.conversation_id].append(turn)
            siblings = await self._siblings(session, [turn for turns in found.values() for turn in turns])
        return {name: _page(_beside(turns, siblings), window) for name, turns in found.items()}

    async def _siblings(self, session: AsyncSession, turns: Sequence[Turn]) -> Siblings:
        found: Siblings = defaultdict(list)
        if not turns:
            return found
        parents = {turn.parent_id for turn in turns if turn.parent_id is not None}
        first = {turn.conversation_id for turn in turns if turn.parent_id is None}
        query = (
            select(TurnRow.conversation_id, TurnRow.parent_id, TurnRow.id)
            .where(TurnRow.conversation_id.in_({turn.conversation_id for turn in turns}))
            .where(or_(
                TurnRow.parent_id.in_(parents), and_(TurnRow.parent_id.is_(None), TurnRow.conversation_id.in_(first))))
            .order_by(TurnRow.created_at, TurnRow.id)
        )
        for name, parent, turn in await session.execute(query):
            found[name, parent].append(turn)
        return found

    async def item(self, user: str, conversation_id: str, item_id: str) -> Item | None:
        """Whatever branch it is in. One statement."""
        if "\0" in item_id + conversation_id:
            return None
        query = owned(user, conversation_id, select(ItemRow.item).select_from(TurnRow)).join(
            ItemRow, ItemRow.turn_id == TurnRow.id).where(ItemRow.id == item_id).limit(1)
        async with self.database.session() as session:
            found: Item | None = await session.scalar(query)
        return found


def _turns(rows: Iterable[Any]) -> list[Turn]:
    """From rows of turns and items, in the order of the turns; a turn without items has one row without an item."""
    found: dict[str, tuple[TurnRow, list[ItemRow]]] = {}
    for turn, item in rows:
        items = found.setdefault(turn.id, (turn, []))[1]
        if item is not None:
            items.append(item)
    return [turn_of(turn, items) for turn, items in found.values()]


def _beside(turns: Iterable[Turn], siblings: Siblings) -> list[Turn]:
    return [replace(turn, siblings=siblings[turn.conversation_id, turn.parent_id]) for turn in turns]


def _page(found: list[T], window: Window) -> Page[T]:
    """Of one more than was asked for."""
    return Page(found[:window.limit], len(found) > window.limit)


def _behind(path: CTE, distance: int, place: int, descending: bool) -> ColumnElement[bool]:
    """Whether an item comes after the one at that place: nearer to the end of the branch, or to its beginning."""
    turn, item = path.c.distance, ItemRow.place
    if descending:
        return or_(turn > distance, and_(turn == distance, item < place))
    return or_(turn < distance, and_(turn == distance, item > place))


def _no_cursor(what: str, cursor: str) -> BadRequest:
    return BadRequest(Code.INVALID_VALUE, f"`after`: there is no {what} `{cursor[:128]}` in this branch.", "after")
