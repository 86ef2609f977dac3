"""Finished responses in the database: the only code that knows their table."""
from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from relay.job import Request
from server.common.database import Database
from server.conversations.models import ResponseRow
from server.conversations.schemas import StoredResponse

INSERTS: dict[str, Callable[..., sqlite.Insert | postgresql.Insert]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


class ResponseRepository:
    """All methods raise SQLAlchemy's errors when the database is away."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.insert = INSERTS[database.engine.dialect.name]

    async def save(self, request: Request, response: dict[str, Any]) -> None:
        """Keep a response that has ended. The first one counts: saved again, or deleted before, nothing changes."""
        row = self.insert(ResponseRow).values(
            id=request.response_id,
            user=request.user,
            model=request.model,
            status=response["status"],
            created_at=request.created_at,
            previous_response_id=response.get("previous_response_id"),
            request=msgspec.to_builtins(request),
            response=response,
        )
        async with self.database.session() as session:
            await session.execute(row.on_conflict_do_nothing(index_elements=[ResponseRow.id]))

    async def find(self, response_id: str) -> StoredResponse | None:
        """The response, unless it is unknown or deleted."""
        async with self.database.session() as session:
            row = await session.get(ResponseRow, response_id)
        if row is None or row.deleted_at is not None:
            return None
        return StoredResponse(msgspec.convert(row.request, Request), row.response)

    async def delete(self, request: Request, at: float) -> None:
        """Forget what was asked and answered, saved or not yet; `at` is Unix time in seconds."""
        emptied: dict[str, Any] = {"deleted_at": at, "request": {}, "response": {}, "previous_response_id": None}
        row = self.insert(ResponseRow).values(
            id=request.response_id,
            user=request.user,
            model=request.model,
            status="deleted",
            created_at=request.created_at,
            **emptied,
        )
        async with self.database.session() as session:
            await session.execute(row.on_conflict_do_update(index_elements=[ResponseRow.id], set_=emptied))

    async def is_deleted(self, response_id: str) -> bool:
        query = select(ResponseRow.deleted_at).where(ResponseRow.id == response_id)
        async with self.database.session() as session:
            return (await session.scalar(query)) is not None
