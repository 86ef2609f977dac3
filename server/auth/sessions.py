"""Sessions of browsers: fastapi-users' database strategy, over a table that knows its tokens by their hashes only."""
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi_users.authentication.strategy.db import DatabaseStrategy
from sqlalchemy import select

from server.auth.models import Account, SessionRow
from server.auth.service import digest
from server.auth.work import Work

LIFETIME_S = 30 * 24 * 3600


@dataclass(slots=True)
class AccessToken:
    """In fastapi-users' sense; the token itself is in the browser's cookie only."""

    token: str
    user_id: str
    created_at: datetime


class SessionDatabase:
    """fastapi-users' `AccessTokenDatabase`. What it changes the work commits."""

    def __init__(self, work: Work, user_agent: str = "") -> None:
        self.work, self.user_agent = work, user_agent

    async def get_by_token(self, token: str, max_age: datetime | None = None) -> AccessToken | None:
        row = await self._row(token)
        if row is None or row.expires_at <= time.time():
            return None
        created_at = datetime.fromtimestamp(row.created_at, UTC)
        return None if max_age is not None and created_at < max_age else AccessToken(token, row.user_id, created_at)

    async def create(self, create_dict: dict[str, Any]) -> AccessToken:
        now = time.time()
        made = AccessToken(create_dict["token"], create_dict["user_id"], datetime.fromtimestamp(now, UTC))
        self.work.session.add(SessionRow(
            token_hash=digest(made.token), user_id=made.user_id, user_agent=self.user_agent[:300], created_at=now,
            last_seen_at=now, expires_at=now + LIFETIME_S))
        return made

    async def update(self, access_token: AccessToken, update_dict: dict[str, Any]) -> AccessToken:
        raise NotImplementedError("a session's token never changes")

    async def delete(self, access_token: AccessToken) -> None:
        row = await self._row(access_token.token)
        if row is not None:
            await self.work.end_sessions([row])

    async def _row(self, token: str) -> SessionRow | None:
        found: SessionRow | None = await self.work.session.scalar(
            select(SessionRow).where(SessionRow.token_hash == digest(token)))
        return found


def session_strategy(work: Work, user_agent: str = "") -> DatabaseStrategy[Account, str, AccessToken]:
    return DatabaseStrategy(SessionDatabase(work, user_agent), LIFETIME_S)
