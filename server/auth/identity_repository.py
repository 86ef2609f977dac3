"""Whose sessions, keys and ids are, and what was revoked: what is asked for all the time, many rows in one query."""
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth.grants import TOKEN_GRANT
from server.auth.lookups import Found, Revocation
from server.auth.models import Account, ApiKeyRow, FormerOwnerRow, RevocationRow, SessionRow
from server.auth.schemas import ALL_SCOPES, GUEST, VISITOR, Kind, Proof, Role, Scope, User
from server.common.database import Database, Table
from server.common.errors import ApiError, Code, NotAllowed

ACCOUNT = inspect(Account).columns
MEMBER = (ACCOUNT.id.label("user_id"), ACCOUNT.role, ACCOUNT.is_active)  # columns, not objects: about half the time
Answer = Found | ApiError


class IdentityRepository:
    """All methods raise SQLAlchemy's errors when the database is away."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def look_up(self, proofs: Collection[Proof], now: float) -> dict[Proof, Answer]:
        """An answer for each; `now` is Unix time."""
        answers: dict[Proof, Answer] = {}
        async with self.database.session() as session:
            for kind, look in (
                    (Kind.SESSION, self._sessions), (Kind.KEY, self._keys), (Kind.TOKEN, self._tokens),
                    (Kind.GUEST, self._guests)):
                if asked := [proof for proof in proofs if proof.kind is kind]:
                    answers |= await look(session, asked, now)
        return answers

    async def _sessions(self, session: AsyncSession, asked: list[Proof], now: float) -> dict[Proof, Answer]:
        query = select(SessionRow.token_hash, SessionRow.id, SessionRow.expires_at, *MEMBER).join(
            Account, ACCOUNT.id == SessionRow.user_id)
        rows = _by_first(await session.execute(query.where(SessionRow.token_hash.in_(_values(asked)))))

        def answer(proof: Proof) -> Answer:
            row = rows.get(proof.value)
            if row is None or row.expires_at <= now or not row.is_active:
                return NotAllowed(Code.SESSION_ENDED, "Your session has ended; sign in again.")
            return Found(row.id, _user(row), row.expires_at)

        return {proof: answer(proof) for proof in asked}

    async def _keys(self, session: AsyncSession, asked: list[Proof], now: float) -> dict[Proof, Answer]:
        query = select(
            ApiKeyRow.key_hash, ApiKeyRow.id, ApiKeyRow.expires_at, ApiKeyRow.revoked_at, ApiKeyRow.scopes, *MEMBER,
        ).join(Account, ACCOUNT.id == ApiKeyRow.user_id)
        rows = _by_first(await session.execute(query.where(ApiKeyRow.key_hash.in_(_values(asked)))))

        def answer(proof: Proof) -> Answer:
            row = rows.get(proof.value)
            if row is None or not row.is_active:
                return NotAllowed(Code.INVALID_API_KEY, "This API key is not known here.")
            if row.revoked_at is not None:
                return NotAllowed(Code.INVALID_API_KEY, "This API key was revoked; use another.")
            if row.expires_at is not None and row.expires_at <= now:
                return NotAllowed(Code.INVALID_API_KEY, "This API key has expired; use another.")
            return Found(row.id, _user(row, _scopes(row.scopes)), row.expires_at)

        return {proof: answer(proof) for proof in asked}

    async def _tokens(self, session: AsyncSession, asked: list[Proof], now: float) -> dict[Proof, Answer]:
        rows = await self._members(session, asked)

        def answer(proof: Proof) -> Answer:
            row = rows.get(proof.value)
            if row is None or not row.is_active or proof.issued_at < row.sessions_from:
                return NotAllowed(Code.INVALID_API_KEY, "This token is void; sign in for another.")
            return Found(f"{TOKEN_GRANT}{proof.token_id}", _user(row), proof.expires_at)

        return {proof: answer(proof) for proof in asked}

    async def _guests(self, session: AsyncSession, asked: list[Proof], now: float) -> dict[Proof, Answer]:
        """A guest who has become an account, or whose history went to one, is another guest from then on: one that
        never becomes an account under its own id, or the cookie would let in to that one.
        """
        rows = await self._members(session, asked)
        former = set(await session.scalars(
            select(FormerOwnerRow.id).where(FormerOwnerRow.id.in_(_values(asked)))))

        def answer(proof: Proof) -> Answer:
            row = rows.get(proof.value)
            is_over = proof.value in former or (row is not None and not row.is_guest)
            user = User(f"{VISITOR}{proof.value.removeprefix(GUEST)}" if is_over else proof.value)
            return Found(f"guest:{user.id}", user)

        return {proof: answer(proof) for proof in asked}

    async def _members(self, session: AsyncSession, asked: list[Proof]) -> "dict[str, Row[Any]]":
        query = select(*MEMBER, ACCOUNT.sessions_from, ACCOUNT.is_guest).where(ACCOUNT.id.in_(_values(asked)))
        return _by_first(await session.execute(query))

    async def last_revocation(self) -> int:
        async with self.database.session() as session:
            return await session.scalar(select(func.max(RevocationRow.id))) or 0

    async def revocations(self, after: int) -> list[Revocation]:
        """In their order."""
        query = select(RevocationRow).where(RevocationRow.id > after).order_by(RevocationRow.id)
        async with self.database.session() as session:
            return [Revocation(row.id, row.subject, _code(row.reason)) for row in await session.scalars(query)]

    async def forget(self, revoked_before: float, expired_before: float) -> None:
        """Revocations that every gateway has read, and sessions whose time has passed."""
        async with self.database.session() as session:
            await session.execute(delete(RevocationRow).where(RevocationRow.at < revoked_before))
            await session.execute(delete(SessionRow).where(SessionRow.expires_at < expired_before))

    async def used(self, grants: Mapping[str, float], users: Mapping[str, float]) -> None:
        """When sessions and keys were last used, and users were last here, by their ids, in Unix time. In order: else
        two gateways could each hold a row that the other waits for.
        """
        sessions, keys = ({id: at for id, at in grants.items() if id.startswith(prefix)} for prefix in ("ses_", "key_"))
        async with self.database.session() as session:
            for table, column, used in (
                    (SessionRow, "last_seen_at", sessions), (ApiKeyRow, "last_used_at", keys),
                    (Account, "last_seen_at", users)):
                if used:
                    await _note_use(session, table, column, used)


async def _note_use(session: AsyncSession, table: type[Table], column: str, used: Mapping[str, float]) -> None:
    """What is gone meanwhile is passed over, which the mapper's own way to update many would take for an error."""
    change = update(table).where(inspect(table).columns["id"] == bindparam("which")).values({column: bindparam("at")})
    connection = await session.connection()
    await connection.execute(change, [{"which": id, "at": at} for id, at in sorted(used.items())])


def _values(asked: Iterable[Proof]) -> list[str]:
    return [proof.value for proof in asked]


def _by_first(rows: "Iterable[Row[Any]]") -> "dict[str, Row[Any]]":
    return {row[0]: row for row in rows}


def _user(row: "Row[Any]", scopes: frozenset[Scope] = ALL_SCOPES) -> User:
    return User(row.user_id, admin=row.role == Role.ADMINISTRATOR.value, has_account=True, scopes=scopes)


def _scopes(names: Iterable[str]) -> frozenset[Scope]:
    """Those that this version knows."""
    return frozenset(Scope(name) for name in names if name in set(Scope))


def _code(reason: str) -> Code | None:
    return Code(reason) if reason in set(Code) else None
