"""Others' accounts, as an administrator sees and changes them."""
from collections.abc import Collection, Mapping, Sequence

from fastapi_users.exceptions import UserAlreadyExists

from server.auth.desk import Desk
from server.auth.grants import USER
from server.auth.models import Account
from server.auth.profile import keep_an_administrator
from server.auth.schemas import Role
from server.auth.signing_in import Watch
from server.common.errors import BadRequest, Code


class Users:
    """All methods raise ApiError."""

    def __init__(self, desk: Desk, watch: Watch) -> None:
        self.desk, self.watch = desk, watch

    async def page(self, words: str, after: str | None, limit: int) -> tuple[Sequence[Account], bool]:
        """In the order in which they came, and whether there are more; of those that `words` are found in, if there are
        any. Raises NotFound for an unknown `after`.
        """
        async with self.desk.open() as work:
            accounts = await work.page(after, limit + 1, words)
        return accounts[:limit], len(accounts) > limit

    async def count(self, words: str) -> int:
        """How many there are in all pages."""
        async with self.desk.open() as work:
            return await work.count(words)

    async def doors(self, ids: Collection[str]) -> Mapping[str, tuple[int, int]]:
        """How many sessions and keys each has."""
        async with self.desk.open() as work:
            return await work.doors(ids)

    async def named(self, ids: Collection[str]) -> Mapping[str, Account]:
        """The accounts among them, by id."""
        async with self.desk.open() as work:
            return {account.id: account for account in await work.named(ids)}

    async def invite(self, email: str, display_name: str, role: str) -> Account:
        """An account for somebody who chooses the password by letter; the letter again, as long as they have not.

        The first of an installation is an administrator's whatever is asked for. Raises BadRequest with `email_taken`.
        """
        async with self.desk.open() as work:
            try:
                return await work.accounts.invite(email, display_name, role)
            except UserAlreadyExists:
                raise BadRequest(
                    Code.EMAIL_TAKEN, f"There is an account with the address {email} already.", "email") from None

    async def change(self, user_id: str, *, role: str | None, is_active: bool | None) -> Account:
        """Raises NotFound, and BadRequest with `last_administrator`."""
        async with self.desk.open() as work:
            account = await work.account(user_id)
            if account.is_guest and role == Role.ADMINISTRATOR.value:
                raise BadRequest(Code.INVALID_VALUE, "A guest cannot be an administrator.", "role")
            if role == Role.USER.value or is_active is False:
                await keep_an_administrator(work, account)
            if role is not None:
                account.role = role
                work.revoke(f"{USER}{account.id}", None)
            if is_active is not None:
                account.is_active = is_active
            if is_active is False:
                work.end_tokens(account)
                await work.end_all(account.id)
        self.watch.revoked()
        return account
