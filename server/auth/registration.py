"""Registering, showing that an address is one's own, and a new password: what whoever is not signed in may do.

Nothing here tells whether an address has an account: not by its answer, nor, as far as argon2 allows, by its time.
"""
from fastapi_users.exceptions import (
    InvalidVerifyToken,
    UserAlreadyExists,
    UserAlreadyVerified,
    UserInactive,
    UserNotExists,
)

from server.auth.accounts import Accounts, NewAccount
from server.auth.desk import Desk
from server.auth.repository import closed
from server.common.errors import Code


class Registration:
    """`verified_only`: nobody signs in before the address is verified. All methods raise ApiError."""

    def __init__(self, desk: Desk, *, verified_only: bool) -> None:
        self.desk, self.verified_only = desk, verified_only

    async def register(self, email: str, password: str, display_name: str, guest: str | None) -> None:
        """Make an account, unless there is one: then its owner is told by letter. Raises NotAllowed with
        `registration_closed`, whether there is one or not.

        A guest goes on as the account, under the same id. Where an account cannot be used before its address is
        verified, the guest's things go to it at its first sign-in: else they would be out of reach until then.
        """
        new = NewAccount(email=email, password=password, display_name=display_name)
        if guest is not None and not self.verified_only:
            new = new.model_copy(update={"id": guest})
            new.model_fields_set.add("id")
        async with self.desk.open() as work:
            if not (self.desk.admits_new or await work.is_fresh()):  # before all else, for an answer tells nothing then
                raise closed()
            try:
                await work.accounts.create(new, safe=True)
            except UserAlreadyExists:
                self.desk.mailer.send_taken(email)
            else:
                if new.id is not None:
                    work.revoke(f"guest:{new.id}", Code.IDENTITY_CHANGED)

    async def ask_to_verify(self, email: str) -> None:
        """Send the letter again, if there is anything to verify."""
        async with self.desk.open() as work:
            try:
                account = await work.accounts.get_by_email(email)
                await work.accounts.request_verify(account)
            except (UserNotExists, UserInactive, UserAlreadyVerified):
                pass

    async def verify(self, token: str) -> None:
        """Also for an address that an account is to have from now on. Raises BadRequest with `invalid_token`."""
        async with self.desk.open() as work:
            if not await _take_new_address(work.accounts, token):
                await work.accounts.verify(token)

    async def forgot_password(self, email: str) -> None:
        """Send a letter, if there is an account."""
        async with self.desk.open() as work:
            try:
                account = await work.accounts.get_by_email(email)
                await work.accounts.forgot_password(account)
            except (UserNotExists, UserInactive):
                pass

    async def reset_password(self, token: str, password: str) -> None:
        """And end whatever the old password had let in; keys stay.

        Raises BadRequest with `invalid_token` or `invalid_password`.
        """
        async with self.desk.open() as work:
            account = await work.accounts.reset_password(token, password)
            work.end_tokens(account)
            await work.end_sessions(await work.sessions(account.id))


async def _take_new_address(accounts: Accounts, token: str) -> bool:
    """Whether the token is for a change of address. Somebody else's address it cannot be: they would have read it."""
    change = await accounts.read_change(token)
    if change is None:
        return False
    account, email = change
    try:
        await accounts.user_db.update(account, {"email": email, "is_verified": True})
    except UserAlreadyExists:
        raise InvalidVerifyToken from None
    return True
