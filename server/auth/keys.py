"""API keys: made for programs, shown once, and kept as hashes."""
import secrets
import time
from collections.abc import Iterable

from server.auth.desk import Desk
from server.auth.models import ApiKeyRow
from server.auth.schemas import Scope, User
from server.auth.service import KEY_PREFIX, digest
from server.auth.signing_in import Watch
from server.common.errors import BadRequest, Code, NotAllowed, NotFound

SHOWN = 10  # characters of a key that are kept, to know it again
MOST_KEYS = 100  # that one user may have at once


class Keys:
    """All methods raise ApiError."""

    def __init__(self, desk: Desk, watch: Watch) -> None:
        self.desk, self.watch = desk, watch

    async def create(
            self, user: User, name: str, scopes: Iterable[Scope], expires_at: float | None) -> tuple[str, ApiKeyRow]:
        """The key itself, which nobody can read again, and what is kept of it. Raises NotAllowed, BadRequest."""
        wanted = frozenset(scopes)
        if wanted - user.scopes:  # a key must not make a stronger one
            raise NotAllowed(Code.INSUFFICIENT_SCOPE, "A key cannot have a scope that you lack yourself.", "scopes")
        if Scope.ADMIN in wanted and not user.admin:
            raise NotAllowed(
                Code.ADMINISTRATOR_REQUIRED, "Only an administrator's key may have the scope `admin`.", "scopes")
        if expires_at is not None and expires_at <= time.time():
            raise BadRequest(Code.INVALID_VALUE, "`expires_at` has passed; choose a time to come.", "expires_at")
        key = f"{KEY_PREFIX}{secrets.token_urlsafe(32)}"
        row = ApiKeyRow(
            key_hash=digest(key), user_id=user.id, prefix=key[:SHOWN], name=name, scopes=sorted(wanted),
            expires_at=expires_at)
        async with self.desk.open() as work:
            if len(await work.keys(user.id)) >= MOST_KEYS:
                raise BadRequest(Code.TOO_MANY_KEYS, f"You have {MOST_KEYS} keys, as many as may be; revoke one.")
            work.add_key(row)
        return key, row

    async def list(self, user: User) -> "list[ApiKeyRow]":
        """Those that were not revoked, the newest first."""
        async with self.desk.open() as work:
            return list(await work.keys(user.id))

    async def revoke(self, user: User, key_id: str) -> None:
        """At every gateway, within a second or two. Raises NotFound."""
        async with self.desk.open() as work:
            row = next((row for row in await work.keys(user.id) if row.id == key_id), None)
            if row is None:
                raise NotFound(Code.NOT_FOUND, f"There is no key `{key_id[:80]}` of yours.", "key_id")
            row.revoked_at = time.time()
            work.revoke(row.id)
        self.watch.revoked()
