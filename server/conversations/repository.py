"""Finished responses in the database."""
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from sqlalchemy import exists, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from relay.job import Request
from relay.records import Record
from server.common.database import Database
from server.conversations.mappers import packed, unpacked
from server.conversations.models import FormerUserRow, ResponseRow, TurnRow
from server.conversations.schemas import StoredResponse

INSERTS: dict[str, Callable[..., sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def emptied(at: float) -> dict[str, Any]:
    """What is left in the columns of a response that was forgotten; `at` is Unix time in seconds."""
    return {"deleted_at": at, "request": {}, "response": {}, "events": None, "previous_response_id": None}


class ResponseRepository:
    """All methods raise SQLAlchemy's errors when the database is away. U+0000 is a character like any other within what
    was said, but PostgreSQL takes it for an error in an id.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.insert = INSERTS[database.engine.dialect.name]

    async def save(self, request: Request, response: dict[str, Any], records: list[Record]) -> None:
        """Keep a response that has ended. The first one counts: saved again, or deleted before, nothing changes.

        What was under way when its user's things were given to another becomes the other's, and is not kept if they
        were erased.
        """
        async with self.database.session() as session:
            former = await session.get(FormerUserRow, request.user)
            gone = former is not None and request.created_at <= former.at
            user = former.successor if gone and former else request.user
            if user is not None:
                row = self._row(user, request, response, records)
                await session.execute(row.on_conflict_do_nothing(index_elements=[ResponseRow.id]))

    def _row(self, user: str, request: Request, response: dict[str, Any], records: list[Record]) -> Any:
        return self.insert(ResponseRow).values(
            id=request.response_id,
            user=user,
            model=request.model,
            status=response["status"],
            created_at=request.created_at,
            previous_response_id=response.get("previous_response_id"),
            request=msgspec.to_builtins(request),
            response=response,
            events=packed(records),
        )

    async def find(self, response_id: str) -> StoredResponse | None:
        """The response, unless it is unknown or deleted."""
        if "\0" in response_id:
            return None
        async with self.database.session() as session:
            row = await session.get(ResponseRow, response_id)
        return None if row is None or row.deleted_at is not None else _stored(row)

    async def find_many(self, response_ids: Iterable[str]) -> dict[str, StoredResponse]:
        """Those that are neither unknown nor deleted, by id. One statement."""
        wanted = [name for name in response_ids if "\0" not in name]
        query = select(ResponseRow).where(ResponseRow.id.in_(wanted), ResponseRow.deleted_at.is_(None))
        async with self.database.session() as session:
            return {row.id: _stored(row) for row in await session.scalars(query)}

    async def alone(self, user: str, after: StoredResponse | None, limit: int) -> list[StoredResponse]:
        """The user's that are no turn of a conversation, the oldest first, behind one of them. One statement."""
        place = tuple_(ResponseRow.created_at, ResponseRow.id)
        query = select(ResponseRow).where(
            ResponseRow.user == user, ResponseRow.deleted_at.is_(None), ~exists().where(TurnRow.id == ResponseRow.id))
        if after is not None:
            query = query.where(place > (after.request.created_at, after.request.response_id))
        async with self.database.session() as session:
            rows = await session.scalars(query.order_by(ResponseRow.created_at, ResponseRow.id).limit(limit))
            return [_stored(row) for row in rows]

    async def deleted(self, response_ids: Iterable[str]) -> set[str]:
        """Which of these were deleted. One statement."""
        query = select(ResponseRow.id).where(
            ResponseRow.id.in_(list(response_ids)), ResponseRow.deleted_at.is_not(None))
        async with self.database.session() as session:
            return set(await session.scalars(query))

    async def records(self, response_id: str) -> list[Record]:
        """What its log held; none where that was not kept, or cannot be read any more."""
        if "\0" in response_id:
            return []
        query = select(ResponseRow.events).where(ResponseRow.id == response_id)
        async with self.database.session() as session:
            events = await session.scalar(query)
        try:
            return unpacked(events) if events else []
        except ValueError:
            return []

    async def delete(self, request: Request, at: float) -> None:
        """Forget what was asked and answered, saved or not yet; `at` is Unix time in seconds."""
        empty = emptied(at)
        row = self.insert(ResponseRow).values(
            id=request.response_id,
            user=request.user,
            model=request.model,
            status="deleted",
            created_at=request.created_at,
            **empty,
        )
        async with self.database.session() as session:
            await session.execute(row.on_conflict_do_update(index_elements=[ResponseRow.id], set_=empty))

    async def is_deleted(self, response_id: str) -> bool:
        if "\0" in response_id:
            return False
        query = select(ResponseRow.deleted_at).where(ResponseRow.id == response_id)
        async with self.database.session() as session:
            return (await session.scalar(query)) is not None


def _stored(row: ResponseRow) -> StoredResponse:
    request = msgspec.convert({**row.request, "user": row.user}, Request)  # a guest's may be an account's by now
    return StoredResponse(request, row.response)
