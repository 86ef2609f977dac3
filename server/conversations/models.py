"""The tables: finished responses, and conversations as trees of turns. Times are Unix times in seconds.

What is searched is indexed by each database in its own way, in the migrations alone.
"""
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Double, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.common.database import Table

RowNumber = BigInteger().with_variant(Integer, "sqlite")  # only an INTEGER key is SQLite's own row number


class ResponseRow(Table):
    """One response that has ended, as it was asked for and as it was answered.

    `events` are what its stream told, packed; one without them can be read, not streamed. A deleted one stays as an
    empty row, so that a recorder that comes later does not bring it back.
    """

    __tablename__ = "responses"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    user: Mapped[str] = mapped_column("user_id", String(80))
    model: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[float] = mapped_column(Double)
    deleted_at: Mapped[float | None] = mapped_column(Double, default=None)
    previous_response_id: Mapped[str | None] = mapped_column(String(80), default=None)
    request: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    response: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    events: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, deferred=True)

    __table_args__ = (Index("responses_of_user", "user_id", "created_at"),)


class ConversationRow(Table):
    """`title_by` says who gave the title: `question` (the first one, shortened), `model` or `user`."""

    __tablename__ = "conversations"

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(80), unique=True)
    user: Mapped[str] = mapped_column("user_id", String(80))
    title: Mapped[str] = mapped_column(Text, default="")
    title_by: Mapped[str] = mapped_column(String(20), default="")
    notes: Mapped[dict[str, str]] = mapped_column("metadata", JSON, default=dict)
    created_at: Mapped[float] = mapped_column(Double)
    updated_at: Mapped[float] = mapped_column(Double)
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    archived: Mapped[bool] = mapped_column(Boolean, default=False)
    active_turn_id: Mapped[str | None] = mapped_column(String(80), default=None)

    __table_args__ = (Index("conversations_of_user", "user_id", "updated_at"),)


def _of_conversation() -> Mapped[str]:
    return mapped_column(String(80), ForeignKey("conversations.id", ondelete="CASCADE"))


class TurnRow(Table):
    """A response's place in its conversation, under the response's id; or items that were added by hand.

    There may be one before its parent is: two recorders save in any order.
    """

    __tablename__ = "conversation_turns"

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    conversation_id: Mapped[str] = _of_conversation()
    parent_id: Mapped[str | None] = mapped_column(String(80), default=None)
    status: Mapped[str] = mapped_column(String(20))
    model: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[float] = mapped_column(Double)

    __table_args__ = (Index("turns_of_conversation", "conversation_id", "parent_id"),)


class ItemRow(Table):
    """One item of a turn, in the protocol's shape; `text` is what is searched of it."""

    __tablename__ = "conversation_items"

    number: Mapped[int] = mapped_column(RowNumber, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(80))
    turn_id: Mapped[str] = mapped_column(String(80), ForeignKey("conversation_turns.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(Integer)
    item: Mapped[dict[str, Any]] = mapped_column(JSON)
    text: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("items_of_turn", "turn_id", "place"), Index("items_by_id", "id"))


class ShareRow(Table):
    """A link by which anybody may read a conversation, from its beginning to one turn."""

    __tablename__ = "conversation_shares"

    token: Mapped[str] = mapped_column(String(80), primary_key=True)
    conversation_id: Mapped[str] = _of_conversation()
    turn_id: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[float] = mapped_column(Double)

    __table_args__ = (Index("shares_of_conversation", "conversation_id"),)


class FormerUserRow(Table):
    """A user whose things went to `successor`, or were erased: what was under way then is saved for nobody else."""

    __tablename__ = "former_users"

    user: Mapped[str] = mapped_column("user_id", String(80), primary_key=True)
    successor: Mapped[str | None] = mapped_column(String(80), default=None)
    at: Mapped[float] = mapped_column("left_at", Double)
