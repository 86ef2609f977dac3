"""Accounts, on every database."""
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi.security import OAuth2PasswordRequestForm
from fastapi_users.exceptions import InvalidPasswordException, InvalidResetPasswordToken, UserAlreadyExists

from server.auth.accounts import Accounts, NewAccount
from server.auth.models import Account, OAuthAccountRow, SessionRow
from server.auth.passwords import Passwords
from server.auth.repository import AccountDatabase
from server.common.database import Database
from server.common.errors import Code, NotAllowed
from tests.unit.server.auth.fakes import Letters

PASSWORD = "a long enough one"


class World:
    """Accounts on a database; each block of `accounts` is a session of its own."""

    def __init__(self, database: Database) -> None:
        self.database, self.letters, self.passwords = database, Letters(), Passwords()
        self.admits_new = True

    @asynccontextmanager
    async def accounts(self) -> AsyncIterator[Accounts]:
        async with self.database.sessions() as session:
            yield Accounts(
                AccountDatabase(session, admits_new=self.admits_new), secret="s" * 32, passwords=self.passwords,
                mailer=self.letters)

    async def register(self, email: str, **fields: str) -> Account:
        async with self.accounts() as accounts:
            return await accounts.create(NewAccount(email=email, password=PASSWORD, **fields), safe=True)

    async def signs_in(self, email: str, password: str = PASSWORD) -> bool:
        async with self.accounts() as accounts:
            form = OAuth2PasswordRequestForm(username=email, password=password)
            return await accounts.authenticate(form) is not None


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    world = World(database)
    yield world
    world.passwords.close()


async def test_signs_in_with_the_right_password_only(world: World) -> None:
    account = await world.register("Ann@Example.org")
    assert account.email == "ann@example.org"
    assert PASSWORD not in account.hashed_password
    assert account.hashed_password.startswith("$argon2")
    assert await world.signs_in("ANN@example.org")
    assert not await world.signs_in("ann@example.org", "another password")
    assert not await world.signs_in("nobody@example.org")
    assert not await world.signs_in("\0@example.org")


async def test_an_address_has_one_account(world: World) -> None:
    await world.register("ann@example.org")
    with pytest.raises(UserAlreadyExists):
        await world.register("ANN@example.org")


async def test_of_many_that_register_one_address_at_once_one_does(world: World) -> None:
    done = await asyncio.gather(
        *[world.register("ann@example.org") for _ in range(4)], return_exceptions=True)
    assert sum(isinstance(one, Account) for one in done) == 1
    assert sum(isinstance(one, UserAlreadyExists) for one in done) == 3


async def test_the_first_account_is_the_administrators(world: World) -> None:
    made = await asyncio.gather(*[world.register(f"{name}@example.org") for name in "abcde"])
    assert sum(account.is_superuser for account in made) == 1
    assert not (await world.register("late@example.org")).is_superuser


async def test_where_registration_is_closed_only_the_first_account_is_made(world: World) -> None:
    world.admits_new = False
    done = await asyncio.gather(
        *[world.register(f"{name}@example.org") for name in "abcde"], return_exceptions=True)
    made = [one for one in done if isinstance(one, Account)]
    assert [account.is_superuser for account in made] == [True]
    assert [one.code for one in done if isinstance(one, NotAllowed)] == [Code.REGISTRATION_CLOSED] * 4
    async with world.database.session() as session:
        session.add(Account(id="guest_1", is_guest=True, display_name="Ann"))
    with pytest.raises(NotAllowed):
        await world.register("ann@example.org", id="guest_1")
    async with world.accounts() as accounts:
        guest = await accounts.user_db.get("guest_1")
        assert guest is not None
        assert (guest.is_guest, guest.display_name) == (True, "Ann"), "a guest stays what it was"
        assert await accounts.user_db.get_by_email("ann@example.org") is None


async def test_a_guest_becomes_an_account_under_the_same_id(world: World) -> None:
    async with world.database.session() as session:
        session.add(Account(id="guest_1", is_guest=True, display_name="Ann"))
    account = await world.register("ann@example.org", id="guest_1")
    assert (account.id, account.is_guest, account.display_name) == ("guest_1", False, "Ann")
    assert (await world.register("bob@example.org", id="guest_2")).id == "guest_2"
    with pytest.raises(UserAlreadyExists):
        await world.register("eve@example.org", id="guest_1")


async def test_guests_have_no_address_to_share(world: World) -> None:
    async with world.database.session() as session:
        session.add_all([Account(id="guest_1", is_guest=True), Account(id="guest_2", is_guest=True)])
    assert not await world.signs_in("")


@pytest.mark.parametrize("password", ["short", "x" * 257, "ANN@example.org"])
async def test_a_poor_password_is_refused(world: World, password: str) -> None:
    async with world.accounts() as accounts:
        with pytest.raises(InvalidPasswordException):
            await accounts.create(NewAccount(email="ann@example.org", password=password))


async def test_an_address_is_verified_by_its_letter(world: World) -> None:
    account = await world.register("ann@example.org")
    assert not account.is_verified
    [(kind, email, token)] = world.letters.sent
    assert (kind, email) == ("verification", "ann@example.org")
    async with world.accounts() as accounts:
        assert (await accounts.verify(token)).is_verified


async def test_a_forgotten_password_is_chosen_anew_once(world: World) -> None:
    account = await world.register("ann@example.org")
    async with world.accounts() as accounts:
        await accounts.forgot_password(account)
        token = world.letters.sent[-1][2]
        assert (await accounts.reset_password(token, "quite another one")).is_verified
        with pytest.raises(InvalidResetPasswordToken):
            await accounts.reset_password(token, "a third password")
        with pytest.raises(InvalidResetPasswordToken):
            await accounts.reset_password("no token", "a third password")
    assert await world.signs_in("ann@example.org", "quite another one")
    assert not await world.signs_in("ann@example.org")


async def test_what_is_an_accounts_goes_with_it(world: World) -> None:
    account = await world.register("ann@example.org")
    async with world.accounts() as accounts:
        loaded = await accounts.get(account.id)
        await accounts.user_db.add_oauth_account(loaded, {
            "oauth_name": "github", "access_token": "x", "account_id": "1", "account_email": "ann@example.org"})
        assert (await accounts.get_by_oauth_account("github", "1")).id == account.id
    async with world.database.session() as session:
        session.add(SessionRow(token_hash="x", user_id=account.id, expires_at=0))
    async with world.accounts() as accounts:
        await accounts.delete(await accounts.get(account.id))
    async with world.database.session() as session:
        assert await session.get(SessionRow, "x") is None
        assert (await session.execute(OAuthAccountRow.__table__.select())).all() == []
        assert (await session.execute(SessionRow.__table__.select())).all() == []
