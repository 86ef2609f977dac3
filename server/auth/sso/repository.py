"""Identities in the database, and the accounts that they sign in to."""
from email_validator import EmailNotValidError, validate_email
from fastapi_users.exceptions import UserAlreadyExists
from sqlalchemy import func, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth.desk import Desk
from server.auth.models import Account, OAuthAccountRow
from server.auth.sso import errors
from server.auth.sso.schemas import Identity, LinkedIdentity, Member
from server.auth.sso.service import AddressTaken
from server.common.errors import Code, NotFound

IDENTITY, ACCOUNT = inspect(OAuthAccountRow).columns, inspect(Account).columns
MAX_SUBJECT = 320
NAME_LENGTH = 200


class MemberRepository:
    """All raise ApiError. Tokens of providers are not kept: nothing needs them."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def secret(self) -> str:
        async with self.desk.open() as work:
            return work.secret

    async def of_identity(self, provider: str, subject: str) -> Member | None:
        if not _is_subject(subject):
            return None
        query = select(Account).join(OAuthAccountRow, IDENTITY.user_id == ACCOUNT.id)
        async with self.desk.open() as work:
            account: Account | None = await work.session.scalar(
                query.where(IDENTITY.oauth_name == provider, IDENTITY.account_id == subject))
        return None if account is None else _member(account)

    async def of_email(self, email: str) -> Member | None:
        async with self.desk.open() as work:
            account = await work.accounts.user_db.get_by_email(email)
        return None if account is None else _member(account)

    async def create(self, identity: Identity, guest_id: str | None) -> Member:
        """Raises AddressTaken, BadRequest for an address that nobody could write to, and NotAllowed."""
        email = _address(identity)
        fields = {"email": email, "is_verified": identity.email_verified, "display_name": identity.name[:NAME_LENGTH]}
        if guest_id is not None:
            fields["id"] = guest_id
        async with self.desk.open() as work:
            try:
                account = await work.accounts.user_db.create(fields)
            except UserAlreadyExists as error:
                raise AddressTaken from error
            await _add(work.session, account.id, identity)
            if guest_id is not None:
                work.revoke(f"guest:{guest_id}", Code.IDENTITY_CHANGED)
            await work.commit()
            if not account.is_verified:
                await work.accounts.request_verify(account)
            return _member(account)

    async def link(self, account_id: str, identity: Identity) -> None:
        async with self.desk.open() as work:
            try:
                await _add(work.session, account_id, identity)
                await work.commit()
            except IntegrityError as error:
                await work.session.rollback()
                raise errors.taken(identity.provider) from error

    async def unlink(self, account_id: str, identity_id: str) -> None:
        """Under a lock on the account, so that of two at once one sees that it is the last."""
        async with self.desk.open() as work:
            session = work.session
            account = await session.scalar(select(Account).where(ACCOUNT.id == account_id).with_for_update())
            row = await session.get(OAuthAccountRow, identity_id) if "\0" not in identity_id else None
            if account is None or row is None or row.user_id != account_id:
                raise NotFound(Code.NOT_FOUND, "You have linked no such identity.", "identity_id")
            others = await session.scalar(
                select(func.count()).select_from(OAuthAccountRow).where(IDENTITY.user_id == account_id)) or 0
            if not account.hashed_password and others <= 1:
                raise errors.last_sign_in()
            await session.delete(row)

    async def identities(self, account_id: str) -> list[LinkedIdentity]:
        query = select(OAuthAccountRow).where(IDENTITY.user_id == account_id).order_by(IDENTITY.oauth_name, IDENTITY.id)
        async with self.desk.open() as work:
            return [LinkedIdentity(id=row.id, provider=row.oauth_name, email=row.account_email)
                    for row in await work.session.scalars(query)]


async def _add(session: AsyncSession, account_id: str, identity: Identity) -> None:
    """Raises BadRequest for a subject that cannot be kept, or that is another account's."""
    if not _is_subject(identity.subject):
        raise errors.refused(identity.provider, "invalid_subject")
    known = await session.scalar(select(OAuthAccountRow).where(
        IDENTITY.oauth_name == identity.provider, IDENTITY.account_id == identity.subject))
    if known is None:
        session.add(OAuthAccountRow(
            user_id=account_id, oauth_name=identity.provider, account_id=identity.subject, access_token="",
            account_email=identity.email[:MAX_SUBJECT]))
    elif known.user_id != account_id:
        raise errors.taken(identity.provider)


def _is_subject(subject: str) -> bool:
    return 0 < len(subject) <= MAX_SUBJECT and "\0" not in subject


def _address(identity: Identity) -> str:
    try:
        return validate_email(identity.email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise errors.no_email(identity.provider) from error


def _member(account: Account) -> Member:
    return Member(account.id, account.is_active, account.is_verified)
