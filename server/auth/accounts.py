"""fastapi-users' rules for accounts, with passwords hashed off the loop, and what is told by e-mail."""
import hashlib
import hmac

import jwt
from fastapi import Request
from fastapi.security import OAuth2PasswordRequestForm
from fastapi_users import BaseUserManager
from fastapi_users.exceptions import (
    InvalidPasswordException,
    InvalidResetPasswordToken,
    UserAlreadyExists,
    UserInactive,
)
from fastapi_users.jwt import decode_jwt, generate_jwt
from fastapi_users.schemas import BaseUserCreate

from server.auth.mail import Mailer
from server.auth.models import Account
from server.auth.passwords import Passwords
from server.auth.repository import AccountDatabase

MIN_PASSWORD, MAX_PASSWORD = 8, 256  # characters (NIST SP 800-63B, 3.1.1.2: no rules of composition)

CHANGE_AUDIENCE = "parley:change-email"
INVITATION_S = 7 * 24 * 3600
NOT_THE_CLIENTS = {"password", "is_active", "is_superuser", "is_verified"}


class NewAccount(BaseUserCreate):
    """What an account is made of. `id`: the guest's whom it is to go on for."""

    id: str | None = None
    display_name: str = ""


class Accounts(BaseUserManager[Account, str]):
    """Raises fastapi-users' exceptions, which the service maps. Lives as long as the session that it is made with.

    Methods that hash are written anew, since fastapi-users' own hash on the loop.
    """

    user_db: AccountDatabase

    def __init__(self, database: AccountDatabase, *, secret: str, passwords: Passwords, mailer: Mailer) -> None:
        super().__init__(database, passwords.helper)
        self.reset_password_token_secret = self.verification_token_secret = secret
        self.passwords, self.mailer = passwords, mailer

    def parse_id(self, value: object) -> str:
        return str(value)

    async def validate_password(self, password: str, user: BaseUserCreate | Account) -> None:
        if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
            raise InvalidPasswordException(f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
        if user.email and password.lower() == user.email.lower():
            raise InvalidPasswordException("The password is the e-mail address; choose another.")

    async def create(self, user_create: BaseUserCreate, safe: bool = False, request: Request | None = None) -> Account:
        """It hashes whether the address is taken or not, so that time does not tell."""
        await self.validate_password(user_create.password, user_create)
        hashed = await self.passwords.hash(user_create.password)
        if await self.user_db.get_by_email(user_create.email) is not None:
            raise UserAlreadyExists
        fields = user_create.model_dump(exclude_unset=True, exclude=NOT_THE_CLIENTS)
        account = await self.user_db.create({**fields, "hashed_password": hashed})
        await self.on_after_register(account, request)
        return account

    async def authenticate(self, credentials: OAuth2PasswordRequestForm) -> Account | None:
        account = await self.user_db.get_by_email(credentials.username)
        hashed = account.hashed_password if account is not None else ""
        matches, anew = await self.passwords.verify(credentials.password, hashed)
        if account is None or not matches:
            return None
        return account if anew is None else await self.user_db.update(account, {"hashed_password": anew})

    async def invite(self, email: str, display_name: str, role: str) -> Account:
        """An account that is entered by a letter, good for a week: its reader chooses the password. Where nobody has
        followed an earlier one it goes out again, and the account stays as it is. Raises UserAlreadyExists.
        """
        account = await self.user_db.get_by_email(email)
        if account is None:
            account = await self.user_db.invite(email, display_name, role)
        elif account.hashed_password or account.is_verified or not account.is_active:
            raise UserAlreadyExists
        self.mailer.send_invitation(account.email, self._password_token(account, INVITATION_S))
        return account

    async def forgot_password(self, user: Account, request: Request | None = None) -> None:
        if not user.is_active:
            raise UserInactive
        token = self._password_token(user, self.reset_password_token_lifetime_seconds)
        await self.on_after_forgot_password(user, token, request)

    async def reset_password(self, token: str, password: str, request: Request | None = None) -> Account:
        """Whoever could read the letter has shown that the address is theirs, so that it counts as verified, too."""
        try:
            claims = decode_jwt(token, self.reset_password_token_secret, [self.reset_password_token_audience])
        except jwt.PyJWTError as error:
            raise InvalidResetPasswordToken from error
        user = await self.user_db.get(str(claims.get("sub", "")))
        if user is None or not hmac.compare_digest(self._fingerprint(user), str(claims.get("password_fgpt", ""))):
            raise InvalidResetPasswordToken
        if not user.is_active:
            raise UserInactive
        updated = await self._update(user, {"password": password, "is_verified": True})
        await self.on_after_reset_password(updated, request)
        return updated

    async def on_after_register(self, user: Account, request: Request | None = None) -> None:
        if not user.is_verified and user.is_active:
            await self.request_verify(user, request)

    async def on_after_request_verify(self, user: Account, token: str, request: Request | None = None) -> None:
        self.mailer.send_verification(user.email, token)

    async def on_after_forgot_password(self, user: Account, token: str, request: Request | None = None) -> None:
        self.mailer.send_reset(user.email, token)

    def change_token(self, user: Account, email: str) -> str:
        """What shows, sent back from the new address, that it is the user's."""
        claims = {"sub": user.id, "email": email.lower(), "old": user.email, "aud": CHANGE_AUDIENCE}
        return generate_jwt(claims, self.verification_token_secret, self.verification_token_lifetime_seconds)

    async def read_change(self, token: str) -> tuple[Account, str] | None:
        """Whose address it is to be and which; None for a token that is not for that. Good until it has been used."""
        try:
            claims = decode_jwt(token, self.verification_token_secret, [CHANGE_AUDIENCE])
        except jwt.PyJWTError:
            return None
        user = await self.user_db.get(str(claims.get("sub", "")))
        if user is None or not user.is_active or user.email != claims.get("old"):
            return None
        return user, str(claims["email"])

    async def _update(self, user: Account, update_dict: dict[str, object]) -> Account:
        changes = dict(update_dict)
        password = changes.pop("password", None)
        if password is not None:
            await self.validate_password(str(password), user)
            changes["hashed_password"] = await self.passwords.hash(str(password))
        return await super()._update(user, changes)

    def _password_token(self, user: Account, lifetime_s: int) -> str:
        claims = {"sub": user.id, "password_fgpt": self._fingerprint(user), "aud": self.reset_password_token_audience}
        return generate_jwt(claims, self.reset_password_token_secret, lifetime_s)

    def _fingerprint(self, user: Account) -> str:
        """A token for a new password is good once: for the password that there was, and the address it was sent to."""
        told = f"{user.hashed_password}\n{user.email}".encode()
        return hmac.new(str(self.reset_password_token_secret).encode(), told, hashlib.sha256).hexdigest()
