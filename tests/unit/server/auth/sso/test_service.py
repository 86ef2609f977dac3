"""Whose account an identity signs in to: what is linked, what is made, and what is refused."""
from dataclasses import replace
from typing import Any

import pytest

from server.auth.sso.attempts import LIFETIME_S
from server.auth.sso.schemas import Attempt, Identity, LinkedIdentity, Member
from server.auth.sso.service import AddressTaken, Answer, Begun, SsoService
from server.common.errors import ApiError, Code
from tests.unit.server.clock import FakeClock

BACK = "http://localhost/back"
ANN = Identity("company", "ann", "ann@example.org", True)


class Provider:
    id, title = "company", "Company"

    def __init__(self) -> None:
        self.identity, self.codes = ANN, list[str]()

    async def address(self, attempt: Attempt, challenge: str) -> str:
        return f"https://id.example/?state={attempt.state}&challenge={challenge}"

    async def identify(self, attempt: Attempt, code: str, issuer: str | None) -> Identity:
        self.codes.append(code)
        return self.identity


class Members:
    """Accounts by address; `taken_by` makes the next `create` lose to another sign-in."""

    def __init__(self) -> None:
        self.accounts: dict[str, Member] = {}
        self.linked: dict[str, str] = {}
        self.guests: list[str | None] = []
        self.taken_by: Member | None = None

    async def secret(self) -> str:
        return "a secret"

    async def of_identity(self, provider: str, subject: str) -> Member | None:
        owner = self.linked.get(f"{provider}:{subject}")
        return next((one for one in self.accounts.values() if one.id == owner), None)

    async def of_email(self, email: str) -> Member | None:
        return self.accounts.get(email)

    async def create(self, identity: Identity, guest_id: str | None) -> Member:
        if self.taken_by is not None:
            self.accounts[identity.email] = self.taken_by
            raise AddressTaken
        self.guests.append(guest_id)
        member = self.accounts[identity.email] = Member(guest_id or "user_new", True, identity.email_verified)
        await self.link(member.id, identity)
        return member

    async def link(self, account_id: str, identity: Identity) -> None:
        self.linked[f"{identity.provider}:{identity.subject}"] = account_id

    async def unlink(self, account_id: str, identity_id: str) -> None:
        del self.linked[identity_id]

    async def identities(self, account_id: str) -> list[LinkedIdentity]:
        return [LinkedIdentity(id=key, provider=key, email="") for key, owner in self.linked.items()
                if owner == account_id]


class World:
    def __init__(self) -> None:
        self.provider, self.members, self.clock = Provider(), Members(), FakeClock()
        self.service = SsoService({"company": self.provider}, self.members, self.clock)

    async def begin(self, link_to: str = "") -> Begun:
        return await self.service.begin("company", BACK, "/next", link_to)

    async def come_back(
            self, begun: Begun, *, user: str | None = None, guest: str | None = None, **changes: Any) -> str:
        """The account's id."""
        state = begun.address.partition("state=")[2].partition("&")[0]
        answer = replace(Answer(begun.cookie, state, code="code"), **changes)
        returned = await self.service.finish("company", answer, user, guest)
        assert returned.next == "/next"
        return returned.account_id

    async def refusal(self, begun: Begun, **changes: Any) -> Code:
        with pytest.raises(ApiError) as refused:
            await self.come_back(begun, **changes)
        return refused.value.code


@pytest.fixture
def world() -> World:
    return World()


async def test_who_is_new_gets_an_account_which_is_the_guests(world: World) -> None:
    assert await world.come_back(await world.begin(), guest="guest_1") == "guest_1"
    assert world.members.linked == {"company:ann": "guest_1"}


async def test_who_is_known_gets_the_account_whatever_the_address_is_now(world: World) -> None:
    first = await world.come_back(await world.begin())
    world.provider.identity = replace(ANN, email="another@example.org", email_verified=False)
    assert await world.come_back(await world.begin()) == first


@pytest.mark.parametrize(("here", "there"), [(True, True), (True, False), (False, True), (False, False)])
async def test_only_a_verified_address_links_to_a_verified_one(here: bool, there: bool, world: World) -> None:
    world.members.accounts["ann@example.org"] = Member("user_ann", True, here)
    world.provider.identity = replace(ANN, email_verified=there)
    begun = await world.begin()
    if here and there:
        assert await world.come_back(begun) == "user_ann"
        assert world.members.linked == {"company:ann": "user_ann"}
    else:
        assert await world.refusal(begun) is Code.ACCOUNT_NOT_LINKABLE
        assert world.members.linked == {}


async def test_an_unverified_address_that_nobody_has_makes_an_account_that_is_not_verified(world: World) -> None:
    world.provider.identity = replace(ANN, email_verified=False)
    assert await world.come_back(await world.begin(), guest="guest_1") == "user_new"
    assert not world.members.accounts["ann@example.org"].is_verified


async def test_of_two_sign_ins_at_once_the_second_finds_the_firsts_account(world: World) -> None:
    world.members.taken_by = Member("user_first", True, True)
    assert await world.come_back(await world.begin()) == "user_first"


async def test_without_an_address_there_is_no_account(world: World) -> None:
    world.provider.identity = replace(ANN, email="", email_verified=False)
    assert await world.refusal(await world.begin()) is Code.SSO_EMAIL_MISSING
    world.members.linked["company:ann"] = "user_ann"
    world.members.accounts["x"] = Member("user_ann", True, True)
    assert await world.come_back(await world.begin()) == "user_ann"


async def test_an_account_that_is_turned_off_stays_out_and_is_linked_to_nothing(world: World) -> None:
    world.members.accounts["ann@example.org"] = Member("user_ann", False, True)
    assert await world.refusal(await world.begin()) is Code.SSO_REFUSED
    assert world.members.linked == {}


async def test_linking_is_for_who_began_it(world: World) -> None:
    begun = await world.begin(link_to="user_ann")
    for other in (None, "user_bob"):
        assert await world.refusal(begun, user=other) is Code.SSO_STATE_MISMATCH
    assert world.provider.codes == []
    assert await world.come_back(begun, user="user_ann") == "user_ann"
    assert world.members.linked == {"company:ann": "user_ann"}
    [linked] = await world.service.identities("user_ann")
    await world.service.unlink("user_ann", linked.id)
    assert await world.service.identities("user_ann") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": "another"}, Code.SSO_STATE_MISMATCH),
        ({"cookie": ""}, Code.SSO_STATE_MISMATCH),
        ({"code": None}, Code.SSO_REFUSED),
        ({"error": "access_denied"}, Code.SSO_DENIED),
        ({"error": "server_error", "code": None}, Code.SSO_UNAVAILABLE),
        ({"error": "access_denied", "state": "another"}, Code.SSO_STATE_MISMATCH),
    ],
)
async def test_answers_that_lead_nowhere(changes: dict[str, Any], code: Code, world: World) -> None:
    assert await world.refusal(await world.begin(), **changes) is code
    assert world.provider.codes == []


async def test_an_answer_that_comes_too_late(world: World) -> None:
    begun = await world.begin()
    world.clock.at += LIFETIME_S
    assert await world.refusal(begun) is Code.SSO_EXPIRED


async def test_a_provider_that_is_not_set(world: World) -> None:
    with pytest.raises(ApiError, match="`company`") as refused:
        await world.service.begin("other", BACK, "/")
    assert refused.value.code is Code.NOT_FOUND
