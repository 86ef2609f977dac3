"""Whose sessions, keys and ids are, and what was revoked: what is asked for all the time, many rows in one query."""
import time
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import delete, func, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth.grants import TOKEN_GRANT
from server.auth.lookups import Found, Revocation
from server.auth.models import Account, ApiKeyRow, FormerOwnerRow, RevocationRow, SessionRow
from server.auth.schemas import Kind, Proof, Role, Scope, User
from server.common.database import Database
from server.common.errors import ApiError, Code, NotAllowed

ACCOUNT = inspect(Account).columns
Answer = Found | ApiError


def revoke(session: AsyncSession, subject: str, code: Code | None = Code.SESSION_ENDED) -> None:
    """Tell every gateway, with the transaction that ends it; None: only that what they know is out of date."""
    session.add(RevocationRow(at=time.time(), subject=subject, reason=code.value if code is not None else ""))


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
        query = select(SessionRow, Account).join(Account, ACCOUNT.id == SessionRow.user_id)
        rows = {row.token_hash: (row, account) for row, account in await session.execute(
            query.where(SessionRow.token_hash.in_(_values(asked))))}

        def answer(proof: Proof) -> Answer:
            row, account = rows.get(proof.value, (None, None))
            if row is None or account is None or row.expires_at <= now or not account.is_active:
                return NotAllowed(Code.SESSION_ENDED, "Your session has ended; sign in again.")
            return Found(row.id, _user(account), row.expires_at)

        return {proof: answer(proof) for proof in asked}

    async def _keys(self, session: AsyncSession, asked: list[Proof], now: float) -> dict[Proof, Answer]:
        query = select(ApiKeyRow, Account).join(Account, ACCOUNT.id == ApiKeyRow.user_id)
        rows = {row.key_hash: (row, account) for row, account in await session.execute(
            query.where(ApiKeyRow.key_hash.in_(_values(asked))))}

        def answer(proof: Proof) -> Answer:
            row, account = rows.get(proof.value, (None, None))
            if row is None or account is None or not account.is_active:
                return NotAllowed(Code.INVALID_API_KEY, "This API key is not known here.")
            if row.revoked_at is not None:
                return NotAllowed(Code.INVALID_API_KEY, "This API key was revoked; use another.")
            if row.expires_at is not None and row.expires_at <= now:
                return NotAllowed(Code.INVALID_API_KEY, "This API key has expired; use another.")
            return Found(row.id, _user(account, row.scopes), row.expires_at)

        return {proof: answer(proof) for proof in asked}

    async def _tokens(self, session: AsyncSession, asked: list[Proof], now: float) -> dict[Proof, Answer]:
        accounts = await self._accounts(session, asked)

        def answer(proof: Proof) -> Answer:
            account = accounts.get(proof.value)
            if account is None or not account.is_active or proof.issued_at < account.sessions_from:
                return NotAllowed(Code.INVALID_API_KEY, "This token is void; sign in for another.")
            return Found(f"{TOKEN_GRANT}{proof.token_id}", _user(account), proof.expires_at)

        return {proof: answer(proof) for proof in asked}

    async def _guests(self, session: AsyncSession, asked: list[Proof], now: float) -> dict[Proof, Answer]:
        """A guest who has become an account, or whose history went to one, is another guest from then on."""
        accounts = await self._accounts(session, asked)
        former = set(await session.scalars(
            select(FormerOwnerRow.id).where(FormerOwnerRow.id.in_(_values(asked)))))

        def answer(proof: Proof) -> Answer:
            account = accounts.get(proof.value)
            is_over = proof.value in former or (account is not None and not account.is_guest)
            user = User(f"{proof.value}_2" if is_over else proof.value)
            return Found(f"guest:{user.id}", user)

        return {proof: answer(proof) for proof in asked}

    async def _accounts(self, session: AsyncSession, asked: list[Proof]) -> dict[str, Account]:
        rows = await session.scalars(select(Account).where(ACCOUNT.id.in_(_values(asked))))
        return {account.id: account for account in rows}

    async def last_revocation(self) -> int:
        async with self.database.session() as session:
            return await session.scalar(select(func.max(RevocationRow.id))) or 0

    async def revocations(self, after: int) -> list[Revocation]:
        """In their order."""
        query = select(RevocationRow).where(RevocationRow.id > after).order_by(RevocationRow.id)
        async with self.database.session() as session:
            return [Revocation(row.id, row.subject, _code(row.reason)) for row in await session.scalars(query)]

    async def forget_revocations(self, before: float) -> None:
        async with self.database.session() as session:
            await session.execute(delete(RevocationRow).where(RevocationRow.at < before))

    async def used(self, grants: Mapping[str, float]) -> None:
        """When sessions and keys were last used, by their ids, in Unix time."""
        async with self.database.session() as session:
            for table, column, prefix in ((SessionRow, "last_seen_at", "ses_"), (ApiKeyRow, "last_used_at", "key_")):
                rows = [{"id": id, column: at} for id, at in grants.items() if id.startswith(prefix)]
                if rows:
                    await session.execute(update(table), rows)


def _values(asked: Iterable[Proof]) -> list[str]:
    return [proof.value for proof in asked]


def _user(account: Account, scopes: Iterable[str] = tuple(Scope)) -> User:
    known = frozenset(Scope(scope) for scope in scopes if scope in set(Scope))
    return User(account.id, admin=account.role == Role.ADMINISTRATOR.value, has_account=True, scopes=known)


def _code(reason: str) -> Code | None:
    return Code(reason) if reason in set(Code) else None
