"""Whose proofs are, and what was revoked, on every database."""
import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from server.auth.desk import Desk
from server.auth.estate import Estates
from server.auth.grants import Grants
from server.auth.identity_repository import IdentityRepository
from server.auth.keys import Keys
from server.auth.lookups import BATCH, Found, Lookups
from server.auth.models import Account, ApiKeyRow, SessionRow
from server.auth.options import Entry
from server.auth.passwords import Passwords
from server.auth.profile import Profile
from server.auth.registration import Registration
from server.auth.schemas import ALL_SCOPES, Kind, Proof, Scope, User
from server.auth.secret import InstallationSecret
from server.auth.service import digest
from server.auth.signing_in import SigningIn, Visit
from server.auth.tokens import TokenReader
from server.auth.users import Users
from server.common.clock import SystemClock
from server.common.database import Database
from server.common.errors import ApiError, BadRequest, Code, NotAllowed, Unavailable
from tests.unit.server.auth.fakes import Letters

PASSWORD = "correct horse battery"


class Everything:
    """What is kept, by owner."""

    def __init__(self) -> None:
        self.owners = {"guest_1": "a guest's"}

    async def hand_over(self, owner: str, successor: str) -> None:
        if owner in self.owners:
            self.owners[successor] = self.owners.pop(owner)

    async def erase(self, owner: str) -> None:
        self.owners.pop(owner, None)


class World:
    """The services of one gateway, its look-ups run by hand."""

    def __init__(self, database: Database, *, verified_only: bool = False, admits_new: bool = True) -> None:
        self.letters, self.passwords, self.kept = Letters(), Passwords(), Everything()
        self.repository = IdentityRepository(database)
        self.lookups = Lookups(self.repository, Grants(), SystemClock())
        self.secret = InstallationSecret(database)
        desk = Desk(database, self.secret, self.passwords, self.letters, admits_new=admits_new)
        estate = Estates([self.kept])
        self.entry = Entry(desk, verified_only=verified_only, mail=True)
        self.registration = Registration(desk, verified_only=verified_only)
        self.signing_in = SigningIn(desk, estate, self.lookups, verified_only=verified_only)
        self.profile = Profile(desk, estate, self.lookups)
        self.keys, self.users = Keys(desk, self.lookups), Users(desk, self.lookups)

    async def look_up(self, *proofs: Proof) -> list[Found | Code]:
        answers = await self.repository.look_up(proofs, time.time())
        return [answer.code if isinstance(answer, ApiError) else answer
                for answer in (answers[proof] for proof in proofs)]

    async def user(self, proof: Proof) -> User:
        [found] = await self.look_up(proof)
        assert isinstance(found, Found), found
        return found.user

    async def session(self, email: str, **visit: str) -> Proof:
        token = await self.signing_in.sign_in(email, PASSWORD, Visit(**visit))
        return Proof(Kind.SESSION, digest(token))

    async def enter(self, name: str, guest: str | None = None) -> Proof:
        await self.registration.register(f"{name}@example.org", PASSWORD, "", guest)
        return await self.session(f"{name}@example.org")


@pytest.fixture
async def world(database: Database) -> AsyncIterator[World]:
    world = World(database)
    yield world
    world.passwords.close()


async def test_knows_sessions_keys_tokens_and_guests_in_one_question(world: World) -> None:
    session = await world.enter("ann")
    user = await world.user(session)
    assert (user.admin, user.has_account, user.scopes) == (True, True, ALL_SCOPES)
    key, row = await world.keys.create(user, "a key", [Scope.RESPONSES], None)
    token = await world.signing_in.token("ann@example.org", PASSWORD)
    proofs = [
        session, Proof(Kind.KEY, digest(key)), await TokenReader(world.secret).read(token),
        Proof(Kind.GUEST, "guest_1"), Proof(Kind.SESSION, "x"), Proof(Kind.KEY, "x")]
    by_session, by_key, by_token, guest, no_session, no_key = await world.look_up(*proofs)
    for found in (by_session, by_key, by_token):
        assert isinstance(found, Found)
        assert found.user.id == user.id
    assert isinstance(by_key, Found)
    assert (by_key.id, by_key.user.scopes) == (row.id, frozenset({Scope.RESPONSES}))
    assert isinstance(guest, Found)
    assert guest.user == User("guest_1")
    assert (no_session, no_key) == (Code.SESSION_ENDED, Code.INVALID_API_KEY)


async def test_what_has_expired_lets_nobody_in(world: World, database: Database) -> None:
    session = await world.enter("ann")
    key, _ = await world.keys.create(await world.user(session), "a key", [Scope.RESPONSES], time.time() + 60)
    async with database.session() as work:
        await work.execute(update(SessionRow).values(expires_at=time.time() - 1))
        await work.execute(update(ApiKeyRow).values(expires_at=time.time() - 1))
    assert await world.look_up(session, Proof(Kind.KEY, digest(key))) == [Code.SESSION_ENDED, Code.INVALID_API_KEY]


async def test_whoever_is_turned_off_comes_in_by_nothing(world: World) -> None:
    await world.enter("first")
    session = await world.enter("ann")
    user = await world.user(session)
    key, _ = await world.keys.create(user, "a key", [Scope.RESPONSES], None)
    token = await TokenReader(world.secret).read(await world.signing_in.token("ann@example.org", PASSWORD))
    await world.users.change(user.id, role=None, is_active=False)
    assert await world.look_up(session, Proof(Kind.KEY, digest(key)), token) == [
        Code.SESSION_ENDED, Code.INVALID_API_KEY, Code.INVALID_API_KEY]
    with pytest.raises(NotAllowed):
        await world.session("ann@example.org")


async def test_a_new_role_is_seen_where_the_session_goes_on(world: World) -> None:
    await world.enter("first")
    session = await world.enter("ann")
    running = asyncio.create_task(world.lookups.run())
    grant = await world.lookups.find(session)
    assert not grant.user.admin
    await world.users.change(grant.user.id, role="administrator", is_active=None)
    while not (await world.lookups.find(session)).user.admin:  # noqa: ASYNC110 - the watch tells nobody
        await asyncio.sleep(0.01)
    assert grant.ended is None
    assert grant.user.admin
    running.cancel()


async def test_a_guests_things_go_to_the_account_it_signs_in_to_and_its_cookie_is_anothers(world: World) -> None:
    session = await world.enter("ann")
    user = await world.user(session)
    await world.session("ann@example.org", guest="guest_1")
    assert world.kept.owners == {user.id: "a guest's"}
    assert (await world.user(Proof(Kind.GUEST, "guest_1"))).id == "visitor_1"


async def test_a_guest_who_registers_is_the_account_and_its_cookie_is_anothers(world: World) -> None:
    session = await world.enter("ann", guest="guest_1")
    assert (await world.user(session)).id == "guest_1"
    assert (await world.user(Proof(Kind.GUEST, "guest_1"))).id == "visitor_1"


async def test_a_guest_gets_a_row_by_naming_itself_once_however_often_at_once(world: World) -> None:
    guest = await world.user(Proof(Kind.GUEST, "guest_1"))
    named = await asyncio.gather(
        *[world.profile.rename(guest, "Ann") for _ in range(4)], return_exceptions=True)
    assert any(isinstance(one, Account) for one in named)
    assert all(isinstance(one, Account | Unavailable) for one in named)
    account = await world.profile.read(guest)
    assert account is not None
    assert (account.is_guest, account.display_name) == (True, "Ann")


async def test_a_cookie_that_was_an_accounts_never_becomes_anothers(world: World) -> None:
    await world.enter("ann", guest="guest_1")
    visitor = await world.user(Proof(Kind.GUEST, "guest_1"))
    second = await world.user(await world.enter("bob", guest=visitor.id))
    assert second.id.startswith("user_")
    assert (await world.user(Proof(Kind.GUEST, "guest_1"))).id == visitor.id


async def test_the_only_administrator_is_never_turned_off(world: World) -> None:
    user = await world.user(await world.enter("ann"))
    for change in ({"role": "user", "is_active": None}, {"role": None, "is_active": False}):
        with pytest.raises(BadRequest) as refused:
            await world.users.change(user.id, **change)
        assert refused.value.code is Code.LAST_ADMINISTRATOR


async def test_where_addresses_must_be_verified_registering_lets_nobody_in(database: Database) -> None:
    world = World(database, verified_only=True)
    await world.registration.register("ann@example.org", PASSWORD, "", "guest_1")
    assert (await world.user(Proof(Kind.GUEST, "guest_1"))).id == "guest_1"
    with pytest.raises(NotAllowed) as refused:
        await world.session("ann@example.org")
    assert refused.value.code is Code.INVALID_CREDENTIALS
    await world.registration.verify(world.letters.sent[-1][2])
    session = await world.session("ann@example.org", guest="guest_1")
    assert world.kept.owners == {(await world.user(session)).id: "a guest's"}
    world.passwords.close()


async def test_an_installation_whose_last_account_has_gone_is_a_fresh_one(world: World) -> None:
    session = await world.enter("ann")
    user = await world.user(session)
    world.kept.owners[user.id] = "ann's"
    await world.profile.delete(user, PASSWORD)
    assert user.id not in world.kept.owners
    assert await world.look_up(session) == [Code.SESSION_ENDED]
    assert (await world.user(await world.enter("bob"))).admin


async def test_the_secret_is_one_for_all_gateways(database: Database) -> None:
    secrets = await asyncio.gather(*[InstallationSecret(database).get() for _ in range(4)])
    assert len(set(secrets)) == 1
    assert len(secrets[0]) > 40


async def test_when_keys_were_last_used_is_written_for_all_at_once(world: World, database: Database) -> None:
    user = await world.user(await world.enter("ann"))
    _, row = await world.keys.create(user, "a key", [Scope.RESPONSES], None)
    [session] = await world.profile.sessions(user)
    await world.repository.used(
        {row.id: 5.0, session.id: 6.0, "guest:x": 7.0, "ses_gone": 8.0}, {user.id: 9.5, "user_gone": 10.0})
    await world.repository.used({}, {"user_gone": 10.0})
    assert [key.last_used_at for key in await world.keys.list(user)] == [5.0]
    assert [one.last_seen_at for one in await world.profile.sessions(user)] == [6.0]
    account = await world.profile.read(user)
    assert account is not None
    assert account.last_seen_at == 9.5


async def test_what_is_over_is_forgotten(world: World, database: Database) -> None:
    session = await world.enter("ann")
    await world.profile.end_other_sessions(await world.user(session), "none")
    await world.enter("bob")
    before = await world.repository.revocations(0)
    assert before
    async with database.session() as work:
        await work.execute(update(SessionRow).values(expires_at=5.0))
    await world.repository.forget(time.time() - 60, 4.0)
    assert await world.repository.revocations(0) == before
    await world.repository.forget(time.time() + 1, 6.0)
    assert await world.repository.revocations(0) == []
    async with database.session() as work:
        assert (await work.scalars(select(SessionRow))).all() == []
    await world.profile.end_other_sessions(await world.user(await world.session("bob@example.org")), "none")
    assert (await world.repository.last_revocation()) > before[-1].id


async def test_many_that_come_back_at_once_are_few_questions(world: World, database: Database) -> None:
    number = 4 * BATCH
    async with database.session() as work:
        work.add_all([Account(id=f"user_{n}", email=f"{n}@example.org") for n in range(number)])
        await work.flush()
        work.add_all([
            SessionRow(token_hash=f"{n}", user_id=f"user_{n}", expires_at=time.time() + 60) for n in range(number)])
    running = asyncio.create_task(world.lookups.run())
    grants = await asyncio.gather(*[world.lookups.find(Proof(Kind.SESSION, f"{n}")) for n in range(number)])
    assert [grant.user.id for grant in grants] == [f"user_{n}" for n in range(number)]
    assert world.lookups.queries <= 5
    running.cancel()


async def test_where_registration_is_closed_no_answer_tells_who_has_an_account(database: Database) -> None:
    world = World(database, admits_new=False)
    before = await world.entry.options(guests=True, providers=[])
    assert (before.registration, before.first_account) == (True, True)
    await world.enter("first")
    after = await world.entry.options(guests=True, providers=[])
    assert (after.registration, after.first_account) == (False, False)
    for name in ("first", "nobody"):
        with pytest.raises(NotAllowed) as refused:
            await world.registration.register(f"{name}@example.org", PASSWORD, "", None)
        assert refused.value.code is Code.REGISTRATION_CLOSED
    assert [kind for kind, *_ in world.letters.sent] == ["verification"], "the first one's own"
    await world.session("first@example.org")
    world.passwords.close()


async def test_what_is_offered_while_registration_is_open(world: World) -> None:
    assert (await world.entry.options(guests=False, providers=[])).first_account
    await world.enter("ann")
    options = await world.entry.options(guests=False, providers=[])
    assert (options.guests, options.registration, options.first_account, options.mail) == (False, True, False, True)
