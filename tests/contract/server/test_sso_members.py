"""Identities and the accounts that they sign in to, on every database."""
import asyncio
from collections.abc import Iterator

import pytest

from server.auth.desk import Desk
from server.auth.models import Account
from server.auth.passwords import Passwords
from server.auth.secret import InstallationSecret
from server.auth.sso.repository import MemberRepository
from server.auth.sso.schemas import Identity
from server.auth.sso.service import AddressTaken
from server.common.database import Database
from server.common.errors import ApiError, Code
from tests.unit.server.auth.fakes import Letters

ANN = Identity("google", "g-1", "Ann@Example.org", True, "Ann")
ANN_AT_GITHUB = Identity("github", "42", "ann@example.org", True)
BOB = Identity("google", "g-2", "bob@example.org", False)


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def members(database: Database, letters: Letters) -> Iterator[MemberRepository]:
    passwords = Passwords()
    yield MemberRepository(Desk(database, InstallationSecret(database), passwords, letters))
    passwords.close()


async def test_an_account_is_made_and_found_by_identity_and_address(members: MemberRepository) -> None:
    made = await members.create(ANN, None)
    assert (made.is_active, made.is_verified) == (True, True)
    assert await members.of_identity("google", "g-1") == made == await members.of_email("ANN@example.org")
    assert await members.of_identity("github", "g-1") is None
    assert await members.of_identity("google", "g-1\0") is None
    assert await members.of_email("x\0@example.org") is None
    [linked] = await members.identities(made.id)
    assert (linked.provider, linked.email) == ("google", "Ann@Example.org")


async def test_where_registration_is_closed_a_provider_makes_no_account_either(
        database: Database, letters: Letters) -> None:
    passwords = Passwords()
    members = MemberRepository(Desk(database, InstallationSecret(database), passwords, letters, admits_new=False))
    first = await members.create(ANN, None)
    with pytest.raises(ApiError) as refused:
        await members.create(BOB, "guest_1")
    assert refused.value.code is Code.REGISTRATION_CLOSED
    assert await members.of_identity("google", "g-2") is None
    await members.link(first.id, ANN_AT_GITHUB)
    assert await members.of_identity("github", "42") == first
    passwords.close()


async def test_what_a_provider_has_not_verified_a_letter_asks_for(
        members: MemberRepository, letters: Letters) -> None:
    assert not (await members.create(BOB, None)).is_verified
    assert [(kind, email) for kind, email, _ in letters.sent] == [("verification", "bob@example.org")]
    await members.create(ANN, None)
    assert len(letters.sent) == 1


async def test_the_secret_is_one(members: MemberRepository) -> None:
    assert len(await members.secret()) > 32
    assert await members.secret() == await members.secret()


async def test_the_guest_goes_on_under_the_same_id(members: MemberRepository, database: Database) -> None:
    async with database.session() as session:
        session.add(Account(id="guest_1", is_guest=True))
    assert (await members.create(ANN, "guest_1")).id == "guest_1"
    async with database.session() as session:
        account = await session.get(Account, "guest_1")
    assert account is not None
    assert (account.email, account.is_guest, account.display_name) == ("ann@example.org", False, "Ann")


async def test_an_address_has_one_account_however_many_come_at_once(members: MemberRepository) -> None:
    done = await asyncio.gather(
        *[members.create(Identity("google", f"g-{n}", "ann@example.org", True), None) for n in range(4)],
        return_exceptions=True)
    assert sum(isinstance(one, AddressTaken) for one in done) == 3


@pytest.mark.parametrize("email", ["no address", "a@b\0.example", "@example.org", "x" * 400 + "@example.org"])
async def test_an_address_that_is_none(members: MemberRepository, email: str) -> None:
    with pytest.raises(ApiError) as refused:
        await members.create(Identity("google", "g-1", email, True), None)
    assert refused.value.code is Code.SSO_EMAIL_MISSING


@pytest.mark.parametrize("subject", ["", "x" * 321, "a\0b"])
async def test_a_subject_that_cannot_be_kept(members: MemberRepository, subject: str) -> None:
    made = await members.create(ANN, None)
    with pytest.raises(ApiError) as refused:
        await members.link(made.id, Identity("github", subject, "ann@example.org", True))
    assert refused.value.code is Code.SSO_REFUSED


async def test_linking_twice_is_once_and_never_to_two_accounts(members: MemberRepository) -> None:
    ann, bob = await members.create(ANN, None), await members.create(BOB, None)
    await members.link(ann.id, ANN_AT_GITHUB)
    await members.link(ann.id, ANN_AT_GITHUB)
    assert [one.provider for one in await members.identities(ann.id)] == ["github", "google"]
    with pytest.raises(ApiError) as refused:
        await members.link(bob.id, ANN_AT_GITHUB)
    assert refused.value.code is Code.IDENTITY_TAKEN


async def test_of_two_accounts_that_link_one_identity_at_once_one_does(members: MemberRepository) -> None:
    ann, bob = await members.create(ANN, None), await members.create(BOB, None)
    done = await asyncio.gather(
        members.link(ann.id, ANN_AT_GITHUB), members.link(bob.id, ANN_AT_GITHUB), return_exceptions=True)
    [lost] = [one for one in done if one is not None]
    assert isinstance(lost, ApiError)
    assert lost.code is Code.IDENTITY_TAKEN


async def test_the_last_way_to_sign_in_stays(members: MemberRepository, database: Database) -> None:
    ann = await members.create(ANN, None)
    await members.link(ann.id, ANN_AT_GITHUB)
    ids = [one.id for one in await members.identities(ann.id)]
    done = await asyncio.gather(*[members.unlink(ann.id, id) for id in ids], return_exceptions=True)
    [refused] = [one for one in done if one is not None]
    assert isinstance(refused, ApiError)
    assert refused.code is Code.LAST_SIGN_IN
    [left] = await members.identities(ann.id)
    async with database.session() as session:
        account = await session.get(Account, ann.id)
        assert account is not None
        account.hashed_password = "a hash"
    await members.unlink(ann.id, left.id)
    assert await members.identities(ann.id) == []


async def test_somebody_elses_identity_is_not_found(members: MemberRepository) -> None:
    ann, bob = await members.create(ANN, None), await members.create(BOB, None)
    [of_bob] = await members.identities(bob.id)
    for id in (of_bob.id, "nothing", "\0"):
        with pytest.raises(ApiError) as refused:
            await members.unlink(ann.id, id)
        assert refused.value.code is Code.NOT_FOUND
