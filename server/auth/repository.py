"""Accounts in the database, as fastapi-users asks for them."""
from typing import Any

from fastapi_users.exceptions import UserAlreadyExists
from fastapi_users_db_sqlalchemy import SQLAlchemyUserDatabase
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from server.auth.models import Account, InstallationRow, OAuthAccountRow
from server.auth.schemas import GUEST, Role
from server.common.database import insert_into
from server.common.errors import Code, NotAllowed

FIRST_ADMINISTRATOR = "first_administrator"


def closed() -> NotAllowed:
    return NotAllowed(
        Code.REGISTRATION_CLOSED,
        "Nobody can make an account here just now. If you have one, sign in to it; if not, ask who runs this server.")


class AccountDatabase(SQLAlchemyUserDatabase[Account, str]):
    """Addresses are kept and compared in lower case. U+0000 is in no id and no address, and PostgreSQL fails at it."""

    def __init__(self, session: AsyncSession, *, admits_new: bool = True) -> None:
        super().__init__(session, Account, OAuthAccountRow)
        self.admits_new = admits_new

    async def get(self, id: str) -> Account | None:
        return None if "\0" in id else await self.session.get(Account, id)

    async def get_by_email(self, email: str) -> Account | None:
        if not email or "\0" in email:
            return None
        query = select(Account).where(inspect(Account).columns.email == email.lower())
        found: Account | None = await self.session.scalar(query)
        return found

    async def create(self, create_dict: dict[str, Any]) -> Account:
        """A new account, or, by the id of a guest that has a row, the guest's as a full one.

        The installation's first is the administrator's: of any number that are made at once, one. It is made though
        none else are. Raises UserAlreadyExists, whatever was looked up before, and NotAllowed.
        """
        return await self._create(create_dict, admits_new=self.admits_new)

    async def invite(self, email: str, display_name: str, role: str) -> Account:
        """An account without a password, which is made though others are not. Raises UserAlreadyExists."""
        return await self._create({"email": email, "display_name": display_name, "role": role}, admits_new=True)

    async def _create(self, create_dict: dict[str, Any], *, admits_new: bool) -> Account:
        fields = {**create_dict, "email": create_dict["email"].lower()}
        if not fields.get("id", "").startswith(GUEST):
            fields.pop("id", None)
        account = await self.session.get(Account, fields["id"]) if "id" in fields else None
        try:
            if account is not None and account.is_guest:
                for name, value in {**fields, "is_guest": False}.items():
                    setattr(account, name, value)
            else:
                account = Account(**fields)
                self.session.add(account)
            await self.session.flush()
            if await self._is_first(account.id):
                account.role = Role.ADMINISTRATOR.value
            elif not admits_new:
                await self.session.rollback()
                raise closed()
            await self.session.commit()
        except IntegrityError as error:
            await self.session.rollback()
            raise UserAlreadyExists from error
        await self.session.refresh(account)
        return account

    async def update(self, user: Account, update_dict: dict[str, Any]) -> Account:
        """Raises UserAlreadyExists for an address that somebody has taken meanwhile."""
        if update_dict.get("email"):
            update_dict = {**update_dict, "email": update_dict["email"].lower()}
        try:
            return await super().update(user, update_dict)
        except IntegrityError as error:
            await self.session.rollback()
            raise UserAlreadyExists from error

    async def _is_first(self, user_id: str) -> bool:
        row = insert_into(self.session, InstallationRow).values(name=FIRST_ADMINISTRATOR, value=user_id)
        done = await self.session.execute(
            row.on_conflict_do_nothing(index_elements=[InstallationRow.name]).returning(InstallationRow.name))
        return done.first() is not None
