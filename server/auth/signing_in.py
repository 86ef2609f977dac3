"""Signing in and out, with a password."""
from dataclasses import dataclass
from typing import Protocol

from fastapi.security import OAuth2PasswordRequestForm

from server.auth.desk import Desk
from server.auth.estate import Estate
from server.auth.models import Account
from server.auth.sessions import session_strategy
from server.auth.tokens import token_strategy
from server.auth.work import Work
from server.common.errors import Code, NotAllowed


@dataclass(frozen=True, slots=True)
class Visit:
    """What is known of a browser that signs in: the guest it was, the session it had, and what it calls itself."""

    guest: str | None = None
    session_token: str = ""
    user_agent: str = ""


class Watch(Protocol):
    def revoked(self) -> None:
        """Something was, and it should be seen to at once."""


class SigningIn:
    """All methods raise ApiError."""

    def __init__(self, desk: Desk, estate: Estate, watch: Watch, *, verified_only: bool) -> None:
        self.desk, self.estate, self.watch, self.verified_only = desk, estate, watch, verified_only

    async def sign_in(self, email: str, password: str, visit: Visit) -> str:
        """A new session's token. Raises NotAllowed with `invalid_credentials`, whatever was wrong."""
        async with self.desk.open() as work:
            account = await self._authenticated(work, email, password)
            return await self.admit(work, account, visit)

    async def admit_account(self, account_id: str, visit: Visit) -> str:
        """The same for whom another service vouches for. Raises NotAllowed with `invalid_credentials`."""
        async with self.desk.open() as work:
            account = await work.account(account_id)
            if self.verified_only and not account.is_verified:
                raise NotAllowed(
                    Code.INVALID_CREDENTIALS, "Confirm your e-mail address first, by the letter that was sent to it.")
            return await self.admit(work, account, visit)

    async def admit(self, work: Work, account: Account, visit: Visit) -> str:
        """A new session's token, for somebody who has shown who they are. The guest they were becomes the account."""
        if visit.guest is not None and visit.guest != account.id:
            await self._take_over(work, visit.guest, account.id)
        if visit.session_token:
            await session_strategy(work).destroy_token(visit.session_token, account)
        token = await session_strategy(work, visit.user_agent).write_token(account)
        await work.commit()
        self.watch.revoked()
        return token

    async def token(self, email: str, password: str) -> str:
        """A JSON web token. Raises NotAllowed with `invalid_credentials`."""
        async with self.desk.open() as work:
            account = await self._authenticated(work, email, password)
            return await token_strategy(work.secret).write_token(account)

    async def sign_out(self, session_token: str) -> None:
        """Nothing happens if there is no such session."""
        async with self.desk.open() as work:
            strategy = session_strategy(work)
            account = await strategy.read_token(session_token, work.accounts)
            if account is not None:
                await strategy.destroy_token(session_token, account)
        self.watch.revoked()

    async def _authenticated(self, work: Work, email: str, password: str) -> Account:
        account = await work.accounts.authenticate(OAuth2PasswordRequestForm(username=email, password=password))
        if account is None or not account.is_active or (self.verified_only and not account.is_verified):
            advice = ", or confirm your address first" if self.verified_only else ""
            raise NotAllowed(
                Code.INVALID_CREDENTIALS, f"Address and password do not go together; try again{advice}.")
        return account

    async def _take_over(self, work: Work, guest: str, account_id: str) -> None:
        """Twice: what the guest's last request has saved in between is the account's, too."""
        await self.estate.hand_over(guest, account_id)
        await work.note_former(guest)
        work.revoke(f"guest:{guest}", Code.IDENTITY_CHANGED)
        await work.commit()
        await self.estate.hand_over(guest, account_id)
