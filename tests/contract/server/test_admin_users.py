"""Accounts as an administrator finds them, and what is counted of them, on every database."""
import time
from collections.abc import AsyncIterator

import pytest

from server.auth.desk import Desk
from server.auth.grants import Grants
from server.auth.identity_repository import IdentityRepository
from server.auth.lookups import Lookups
from server.auth.models import Account, ApiKeyRow, SessionRow
from server.auth.passwords import Passwords
from server.auth.secret import InstallationSecret
from server.auth.users import Users
from server.common.clock import SystemClock
from server.common.database import Database
from server.common.errors import BadRequest, Code, NotFound, Unavailable
from server.conversations.estate import HistoryEstate
from server.conversations.models import ConversationRow
from tests.unit.server.auth.fakes import Letters

NAMES = {
    "user_1": ("ann@example.org", "Ann Archer"), "user_2": ("bob@example.org", "Bob"),
    "user_3": ("eve_100%@example.com", "Ève"), "guest_4": (None, "Ann the guest")}


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
async def users(database: Database, letters: Letters) -> AsyncIterator[Users]:
    """Registration is closed."""
    passwords = Passwords()
    lookups = Lookups(IdentityRepository(database), Grants(), SystemClock())
    async with database.session() as session:
        session.add_all([
            Account(id=id, email=email, display_name=name, is_guest=email is None, created_at=number)
            for number, (id, (email, name)) in enumerate(NAMES.items())])
    yield Users(Desk(database, InstallationSecret(database), passwords, letters, admits_new=False), lookups)
    passwords.close()


async def found(users: Users, words: str, after: str | None = None, limit: int = 10) -> tuple[list[str], bool]:
    accounts, has_more = await users.page(words, after, limit)
    return [account.id for account in accounts], has_more


@pytest.mark.parametrize(("words", "ids"), [
    ("", ["user_1", "user_2", "user_3", "guest_4"]), ("ann", ["user_1", "guest_4"]), ("ANN", ["user_1", "guest_4"]),
    ("EXAMPLE.org", ["user_1", "user_2"]), ("bob@example.org", ["user_2"]), ("Ève", ["user_3"]), ("user_2", ["user_2"]),
    ("user_", []), ("%", ["user_3"]), ("_", ["user_3"]), ("100%@", ["user_3"]), ("\\", []), ("' OR 1=1 --", []),
    ("nobody", [])])
async def test_searching(users: Users, words: str, ids: list[str]) -> None:
    assert await found(users, words) == (ids, False)
    assert await users.count(words) == len(ids)


async def test_who_is_invited_has_an_account_that_only_a_letter_opens(users: Users, letters: Letters) -> None:
    first = await users.invite("First@example.org", "", "user")
    assert first.role == "administrator", "the first of an installation"
    made = await users.invite("New@example.org", "Newcomer", "user")
    assert (made.email, made.display_name, made.role) == ("new@example.org", "Newcomer", "user")
    assert (made.hashed_password, made.is_verified) == ("", False)
    again = await users.invite("new@EXAMPLE.org", "Another name", "administrator")
    assert (again.id, again.display_name, again.role) == (made.id, "Newcomer", "user")
    assert [(kind, email) for kind, email, _ in letters.sent] == [
        ("invitation", "first@example.org"), ("invitation", "new@example.org"), ("invitation", "new@example.org")]
    async with users.desk.open() as work:
        await work.accounts.reset_password(letters.sent[-1][2], "a long enough one")
    with pytest.raises(BadRequest) as refused:
        await users.invite("new@example.org", "Newcomer", "user")
    assert (refused.value.code, refused.value.param) == (Code.EMAIL_TAKEN, "email")
    assert len(letters.sent) == 3


async def test_who_was_turned_off_is_not_invited_in(users: Users, letters: Letters) -> None:
    made = await users.invite("new@example.org", "", "user")
    await users.change(made.id, role="administrator", is_active=None)
    await users.invite("other@example.org", "", "administrator")
    await users.change(made.id, role=None, is_active=False)
    with pytest.raises(BadRequest) as refused:
        await users.invite("new@example.org", "", "user")
    assert refused.value.code is Code.EMAIL_TAKEN
    assert len(letters.sent) == 2


async def test_pages_of_what_was_found(users: Users) -> None:
    assert await found(users, "ann", limit=1) == (["user_1"], True)
    assert await found(users, "ann", "user_1", 1) == (["guest_4"], False)
    assert await found(users, "ann", "user_2", 1) == (["guest_4"], False), "a place in the list, found or not"
    with pytest.raises(NotFound) as refused:
        await found(users, "ann", "user_9")
    assert refused.value.code is Code.NOT_FOUND


async def test_names_of_some(users: Users) -> None:
    named = await users.named(["user_1", "guest_4", "user_9", "\0"])
    assert {id: (account.email, account.is_guest) for id, account in named.items()} == {
        "user_1": ("ann@example.org", False), "guest_4": (None, True)}
    assert await users.named([]) == {}


async def test_sessions_and_keys_are_counted(users: Users, database: Database) -> None:
    later, past = time.time() + 100, time.time() - 100
    async with database.session() as session:
        for number, expires_at in enumerate((later, later, past)):
            session.add(SessionRow(token_hash=f"s{number}", user_id="user_1", expires_at=expires_at))
        for number, (ends_at, revoked_at) in enumerate(((None, None), (later, None), (past, None), (None, past))):
            session.add(ApiKeyRow(
                key_hash=f"k{number}", user_id="user_2", prefix="pk_", name="a", scopes=[], expires_at=ends_at,
                revoked_at=revoked_at))
    assert await users.doors(["user_1", "user_2", "user_3"]) == {"user_1": (2, 0), "user_2": (0, 2), "user_3": (0, 0)}
    assert await users.doors([]) == {}


async def test_conversations_are_counted(database: Database) -> None:
    estate = HistoryEstate(database, SystemClock())
    async with database.session() as session:
        session.add_all([
            ConversationRow(id=f"conv_{number}", user=user, created_at=1.0, updated_at=1.0)
            for number, user in enumerate(("ann", "ann", "bob"))])
    assert await estate.count(["ann", "bob", "eve"]) == {"ann": 2, "bob": 1}
    assert await estate.count([]) == {}


async def test_while_the_database_is_away_that_is_said(empty_database: Database) -> None:
    with pytest.raises(Unavailable) as refused:
        await HistoryEstate(empty_database, SystemClock()).count(["ann"])
    assert refused.value.code is Code.HISTORY_UNAVAILABLE
