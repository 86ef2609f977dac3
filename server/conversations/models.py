"""The table of finished responses."""
from typing import Any

from sqlalchemy import JSON, Double, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.common.database import Table


class ResponseRow(Table):
    """One response that has ended, as it was asked for and as it was answered. Times are Unix times in seconds.

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
