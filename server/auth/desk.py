"""Where accounts are worked on: a session of the database for each piece of work, and errors told in our words."""
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi_users.exceptions import (
    FastAPIUsersException,
    InvalidPasswordException,
    InvalidResetPasswordToken,
    InvalidVerifyToken,
    UserAlreadyExists,
    UserAlreadyVerified,
    UserInactive,
    UserNotExists,
)
from loguru import logger

from server.auth.accounts import Accounts
from server.auth.mail import Mailer
from server.auth.passwords import Passwords
from server.auth.repository import AccountDatabase
from server.auth.secret import InstallationSecret
from server.auth.work import Work
from server.common.database import UNREACHABLE, Database, brief
from server.common.errors import ApiError, BadRequest, Code, Failure, Unavailable


class Desk:
    """`open` is the one way to accounts for all services. `admits_new`: else nobody but the first gets one."""

    def __init__(
            self, database: Database, secret: InstallationSecret, passwords: Passwords, mailer: Mailer, *,
            admits_new: bool = True) -> None:
        self.database, self.secret, self.passwords, self.mailer = database, secret, passwords, mailer
        self.admits_new = admits_new

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Work]:
        """Commits in the end. Raises ApiError in place of what fastapi-users and a database's driver raise."""
        try:
            secret = await self.secret.get()
            async with self.database.sessions() as session:
                accounts = Accounts(
                    AccountDatabase(session, admits_new=self.admits_new), secret=secret, passwords=self.passwords,
                    mailer=self.mailer)
                yield Work(session, accounts, secret)
                await session.commit()
        except FastAPIUsersException as error:
            raise told(error) from error
        except UNREACHABLE as error:
            logger.warning("Accounts cannot be reached: {}", brief(error))
            raise away() from error


def away() -> Unavailable:
    return Unavailable(Code.ACCOUNTS_UNAVAILABLE, "Accounts cannot be reached now; try again in a few seconds.")


def told(error: FastAPIUsersException) -> ApiError:
    """fastapi-users' exceptions in our words. What would tell whether an address exists is no case here: who asks for
    an address deals with it.
    """
    match error:
        case InvalidPasswordException():
            return BadRequest(Code.INVALID_PASSWORD, str(error.reason), "password")
        case InvalidResetPasswordToken() | InvalidVerifyToken() | UserAlreadyVerified() | UserInactive() | (
                UserNotExists()):
            return BadRequest(
                Code.INVALID_TOKEN, "This link was used, is too old, or is none of ours; ask for another.", "token")
        case UserAlreadyExists():  # two requests of one guest have made its row at the same time
            return away()
        case _:
            logger.opt(exception=error).error("unexpected {}", type(error).__name__)
            return Failure()
