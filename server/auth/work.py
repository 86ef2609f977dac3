"""One piece of work on accounts: the repository behind the services, in one session of the database.

What is changed through `accounts` is committed at once, as fastapi-users has it; the rest with `commit`.
"""
import time
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, delete, func, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth.accounts import Accounts
from server.auth.grants import TOKENS, USER
from server.auth.models import Account, ApiKeyRow, FormerOwnerRow, InstallationRow, RevocationRow, SessionRow
from server.auth.repository import FIRST_ADMINISTRATOR
from server.auth.schemas import Role
from server.common.errors import Code, NotFound

COLUMNS = inspect(Account).columns


class Work:
    """All methods raise SQLAlchemy's errors when the database is away."""

    def __init__(self, session: AsyncSession, accounts: Accounts, secret: str) -> None:
        self.session, self.accounts, self.secret = session, accounts, secret

    async def commit(self) -> None:
        await self.session.commit()

    async def account(self, user_id: str) -> Account:
        """Raises NotFound."""
        found = await self.accounts.user_db.get(user_id)
        if found is None:
            raise NotFound(Code.NOT_FOUND, f"There is no account `{user_id[:80]}`.", "user_id")
        return found

    async def page(self, after: str | None, limit: int, words: str = "") -> Sequence[Account]:
        """Accounts in the order in which they were made, behind one of them. `words`: only those whose address or name
        has them in it, or whose id they are. Raises NotFound.
        """
        query = select(Account).where(*_matching(words)).order_by(COLUMNS.created_at, COLUMNS.id).limit(limit)
        if after is not None:
            last = await self.account(after)
            query = query.where(
                (COLUMNS.created_at > last.created_at)
                | ((COLUMNS.created_at == last.created_at) & (COLUMNS.id > last.id)))
        return (await self.session.scalars(query)).all()

    async def count(self, words: str = "") -> int:
        """How many accounts there are, of those that `page` tells."""
        return await self.session.scalar(select(func.count()).select_from(Account).where(*_matching(words))) or 0

    async def doors(self, ids: Collection[str]) -> Mapping[str, tuple[int, int]]:
        """How many sessions that last, and keys that are good, each of these has."""
        now = time.time()
        sessions = select(SessionRow.user_id, func.count()).where(SessionRow.expires_at > now)
        keys = select(ApiKeyRow.user_id, func.count()).where(
            ApiKeyRow.revoked_at.is_(None), (ApiKeyRow.expires_at.is_(None)) | (ApiKeyRow.expires_at > now))
        found = []
        for query, of in ((sessions, SessionRow.user_id), (keys, ApiKeyRow.user_id)):
            rows = await self.session.execute(query.where(of.in_(ids)).group_by(of))
            found.append(dict(rows.tuples().all()))
        return {id: (found[0].get(id, 0), found[1].get(id, 0)) for id in ids}

    async def named(self, ids: Collection[str]) -> Sequence[Account]:
        query = select(Account).where(COLUMNS.id.in_([one for one in ids if "\0" not in one]))
        return (await self.session.scalars(query)).all()

    async def others(self, account: Account) -> tuple[int, int]:
        """How many full accounts there are beside this one, and how many of them are active administrators'."""
        others = select(func.count()).select_from(Account).where(COLUMNS.id != account.id, COLUMNS.is_guest.is_(False))
        leading = others.where(COLUMNS.role == Role.ADMINISTRATOR.value, COLUMNS.is_active.is_(True))
        return await self.session.scalar(others) or 0, await self.session.scalar(leading) or 0

    async def is_fresh(self) -> bool:
        """Whether nobody has registered yet."""
        return await self.session.get(InstallationRow, FIRST_ADMINISTRATOR) is None

    async def begin_anew(self) -> None:
        """Once the last account is gone the installation is a fresh one, whose first account is the administrator's."""
        rest = select(func.count()).select_from(Account).where(COLUMNS.is_guest.is_(False))
        if not await self.session.scalar(rest):
            await self.session.execute(delete(InstallationRow).where(InstallationRow.name == FIRST_ADMINISTRATOR))

    async def sessions(self, user_id: str) -> Sequence[SessionRow]:
        """Those that still last, the one used last first."""
        query = select(SessionRow).where(SessionRow.user_id == user_id, SessionRow.expires_at > time.time())
        return (await self.session.scalars(query.order_by(SessionRow.last_seen_at.desc()))).all()

    async def end_sessions(self, rows: Sequence[SessionRow]) -> None:
        for row in rows:
            await self.session.delete(row)
            self.revoke(row.id)

    async def end_all(self, user_id: str) -> None:
        """Whatever a user is here by; for good where their account is closed, too."""
        await self.session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))
        self.revoke(f"{USER}{user_id}")

    def end_tokens(self, account: Account) -> None:
        """The account's JSON web tokens."""
        account.sessions_from = time.time()
        self.revoke(f"{TOKENS}{account.id}")

    async def keys(self, user_id: str) -> Sequence[ApiKeyRow]:
        """Those that were not revoked, the newest first."""
        query = select(ApiKeyRow).where(ApiKeyRow.user_id == user_id, ApiKeyRow.revoked_at.is_(None))
        return (await self.session.scalars(query.order_by(ApiKeyRow.created_at.desc()))).all()

    def add_key(self, key: ApiKeyRow) -> None:
        self.session.add(key)

    async def note_former(self, owner: str) -> None:
        """The id owns nothing any more."""
        await self.session.merge(FormerOwnerRow(id=owner))

    def add_guest(self, user_id: str) -> Account:
        """A row for a guest, who had none."""
        account = Account(id=user_id, is_guest=True)
        self.session.add(account)
        return account

    def revoke(self, subject: str, code: Code | None = Code.SESSION_ENDED) -> None:
        """Tell every gateway, once this is committed; None: only that what they know is out of date."""
        self.session.add(RevocationRow(subject=subject, reason=code.value if code is not None else ""))


def _matching(words: str) -> list[ColumnElement[bool]]:
    """Upper and lower case are the same in A to Z; beyond them only where the database knows them."""
    if not words:
        return []
    lower, name = words.lower(), COLUMNS.display_name
    return [
        COLUMNS.email.contains(lower, autoescape=True) | func.lower(name).contains(lower, autoescape=True)
        | name.contains(words, autoescape=True) | (COLUMNS.id == words)]
