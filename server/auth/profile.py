"""What whoever is signed in does with their own account."""
from fastapi_users.exceptions import UserNotExists

from server.auth.desk import Desk
from server.auth.estate import Estate
from server.auth.models import Account, SessionRow
from server.auth.schemas import User
from server.auth.signing_in import Watch
from server.auth.work import Work
from server.common.errors import BadRequest, Code, NotAllowed, NotFound


class Profile:
    """All methods raise ApiError."""

    def __init__(self, desk: Desk, estate: Estate, watch: Watch) -> None:
        self.desk, self.estate, self.watch = desk, estate, watch

    async def read(self, user: User) -> Account | None:
        """None for who has no account."""
        async with self.desk.open() as work:
            return await work.accounts.user_db.get(user.id)

    async def rename(self, user: User, display_name: str) -> Account:
        """A guest gets a row of its own by this."""
        async with self.desk.open() as work:
            account = await work.accounts.user_db.get(user.id) or work.add_guest(user.id)
            return await work.accounts.user_db.update(account, {"display_name": display_name})

    async def change_password(self, user: User, old: str, new: str, session_id: str) -> None:
        """And end all other sessions and all tokens; keys stay. Raises NotAllowed, BadRequest."""
        async with self.desk.open() as work:
            account = await self._confirmed(work, user.id, old)
            await work.accounts.validate_password(new, account)
            account.hashed_password = await self.desk.passwords.hash(new)
            others = [row for row in await work.sessions(user.id) if row.id != session_id]
            await work.end_sessions(others)
            work.end_tokens(account)
        self.watch.revoked()

    async def change_email(self, user: User, email: str, password: str) -> None:
        """Send a letter to the new address, which counts once that was answered. If it is somebody's, they are told."""
        async with self.desk.open() as work:
            account = await self._confirmed(work, user.id, password)
            try:
                await work.accounts.get_by_email(email)
            except UserNotExists:
                self.desk.mailer.send_verification(email, work.accounts.change_token(account, email))
            else:
                self.desk.mailer.send_taken(email)

    async def delete(self, user: User, password: str) -> None:
        """The account and all that is its owner's. Raises NotAllowed, BadRequest with `last_administrator`."""
        async with self.desk.open() as work:
            account = await self._confirmed(work, user.id, password)
            await keep_an_administrator(work, account, unless_alone=True)
            account.is_active = False  # if what follows fails, it is closed all the same, and can be tried again
            await work.note_former(account.id)
            await work.end_all(account.id)
        self.watch.revoked()
        await self.estate.erase(user.id)
        async with self.desk.open() as work:
            await work.accounts.user_db.delete(await work.account(user.id))
            await work.begin_anew()

    async def sessions(self, user: User) -> list[SessionRow]:
        async with self.desk.open() as work:
            return list(await work.sessions(user.id))

    async def end_session(self, user: User, session_id: str) -> None:
        """Raises NotFound."""
        async with self.desk.open() as work:
            rows = [row for row in await work.sessions(user.id) if row.id == session_id]
            if not rows:
                raise NotFound(Code.NOT_FOUND, f"There is no session `{session_id[:80]}` of yours.", "session_id")
            await work.end_sessions(rows)
        self.watch.revoked()

    async def end_other_sessions(self, user: User, session_id: str) -> int:
        """How many there were beside this one."""
        async with self.desk.open() as work:
            rows = [row for row in await work.sessions(user.id) if row.id != session_id]
            await work.end_sessions(rows)
        self.watch.revoked()
        return len(rows)

    async def _confirmed(self, work: Work, user_id: str, password: str) -> Account:
        account = await work.account(user_id)
        matches, _ = await self.desk.passwords.verify(password, account.hashed_password)
        if not matches:
            raise NotAllowed(Code.INVALID_CREDENTIALS, "This is not your password; try again.")
        return account


async def keep_an_administrator(work: Work, leaving: Account, *, unless_alone: bool = False) -> None:
    """Raises BadRequest if nobody would be left to look after accounts."""
    if not leaving.is_superuser:
        return
    others, administrators = await work.others(leaving)
    if not administrators and not (unless_alone and not others):
        raise BadRequest(
            Code.LAST_ADMINISTRATOR, "This is the last administrator; make somebody else one first.")
