"""Empties responses in the database, those that are not saved yet too: a recorder that comes later finds them so."""
from sqlalchemy import JSON, ColumnElement, Double, String, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.conversations.models import ConversationRow, ResponseRow, TurnRow
from server.conversations.repository import INSERTS, emptied


async def forget_responses(session: AsyncSession, whose: ColumnElement[bool], at: float) -> None:
    """Those of the conversations that fit `whose`; `at` is Unix time in seconds. One statement."""
    made = select(
        TurnRow.id, ConversationRow.user, TurnRow.model, literal("deleted", String), TurnRow.created_at,
        literal(at, Double), literal({}, JSON), literal({}, JSON),
    ).join(ConversationRow, ConversationRow.id == TurnRow.conversation_id).where(
        whose, TurnRow.id.startswith("resp_", autoescape=True))
    columns = ["id", "user_id", "model", "status", "created_at", "deleted_at", "request", "response"]
    rows = INSERTS[session.get_bind().dialect.name](ResponseRow).from_select(columns, made)
    await session.execute(rows.on_conflict_do_update(index_elements=[ResponseRow.id], set_=emptied(at)))
