"""Whose a proof is: many at a time, remembered for seconds, and forgotten when it is revoked."""
import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import suppress

import pytest

from server.auth.grants import Grants
from server.auth.lookups import BATCH, OVERLAP, REMEMBER_S, TELL_USE_S, Found, Lookups, Revocation
from server.auth.schemas import Kind, Proof, User
from server.common.errors import ApiError, Code, NotAllowed, Unavailable
from tests.unit.server.clock import FakeClock


class Store:
    """Sessions by their hashes; `away` raises as a database does."""

    def __init__(self) -> None:
        self.sessions: dict[str, Found] = {}
        self.asked: list[int] = []
        self.revoked: list[Revocation] = []
        self.told: dict[str, float] = {}
        self.here: dict[str, float] = {}
        self.forgotten = 0
        self.away = False

    def _check(self) -> None:
        if self.away:
            raise OSError("away")

    async def look_up(self, proofs: Collection[Proof], now: float) -> dict[Proof, Found | ApiError]:
        self._check()
        self.asked.append(len(proofs))
        unknown = NotAllowed(Code.SESSION_ENDED, "unknown")
        return {proof: self.sessions.get(proof.value, unknown) for proof in proofs}

    async def last_revocation(self) -> int:
        self._check()
        return max((one.id for one in self.revoked), default=0)

    async def revocations(self, after: int) -> list[Revocation]:
        self._check()
        return sorted((one for one in self.revoked if one.id > after), key=lambda one: one.id)

    async def forget(self, revoked_before: float, expired_before: float) -> None:
        self.forgotten += 1

    async def used(self, grants: Mapping[str, float], users: Mapping[str, float]) -> None:
        self.told |= grants
        self.here |= users


class World:
    def __init__(self) -> None:
        self.store, self.clock = Store(), FakeClock()
        self.lookups = Lookups(self.store, Grants(), self.clock)

    def sign_in(self, name: str) -> Proof:
        self.store.sessions[name] = Found(f"ses_{name}", User(f"user_{name}"))
        return Proof(Kind.SESSION, name)

    def revoke(self, id: int, subject: str, code: Code | None = Code.SESSION_ENDED) -> None:
        self.store.revoked.append(Revocation(id, subject, code))


@pytest.fixture
async def world() -> AsyncIterator[World]:
    world = World()
    task = asyncio.create_task(world.lookups.run())
    yield world
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_many_at_once_are_few_questions(world: World) -> None:
    proofs = [world.sign_in(str(number)) for number in range(2 * BATCH)]
    grants = await asyncio.gather(*[world.lookups.find(proof) for proof in proofs])
    assert [grant.user.id for grant in grants] == [f"user_{number}" for number in range(2 * BATCH)]
    assert len(world.store.asked) <= 3


async def test_remembers_for_a_while(world: World) -> None:
    proof = world.sign_in("ann")
    first = await world.lookups.find(proof)
    assert await world.lookups.find(proof) is first
    assert world.store.asked == [1]
    world.clock.at += REMEMBER_S + 1
    assert await world.lookups.find(proof) is first
    assert world.store.asked == [1, 1]


async def test_what_is_unknown_is_asked_for_each_time(world: World) -> None:
    for _ in range(2):
        with pytest.raises(NotAllowed):
            await world.lookups.find(Proof(Kind.SESSION, "nobody"))
    assert world.store.asked == [1, 1]


async def test_what_is_revoked_ends_for_who_holds_it_and_is_not_remembered(world: World) -> None:
    proof = world.sign_in("ann")
    grant = await world.lookups.find(proof)
    del world.store.sessions["ann"]
    world.revoke(1, "ses_ann")
    world.lookups.revoked()
    while grant.ended is None:  # noqa: ASYNC110 - the watch tells nobody
        await asyncio.sleep(0)
    with pytest.raises(NotAllowed):
        await world.lookups.find(proof)


async def test_what_was_revoked_before_is_nobodys_concern(world: World) -> None:
    world.revoke(7, "user:user_ann")
    grant = await world.lookups.find(world.sign_in("ann"))
    await world.lookups.round()
    assert grant.ended is None


async def test_a_revocation_is_heard_of_once_and_though_its_number_comes_late() -> None:
    world = World()
    proof = world.sign_in("ann")
    world.revoke(OVERLAP, "ses_x")
    await world.lookups.round()
    world.revoke(OVERLAP - 1, "user:user_ann")  # its transaction has ended after that of the next one
    finding = asyncio.create_task(world.lookups.find(proof))
    await asyncio.sleep(0)
    await world.lookups.round()
    first = await finding
    world.clock.at += 2
    await world.lookups.round()
    assert first.ended is Code.SESSION_ENDED
    finding = asyncio.create_task(world.lookups.find(proof))
    await asyncio.sleep(0)
    world.clock.at += 2
    await world.lookups.round()
    world.clock.at += 2
    await world.lookups.round()
    assert (await finding).ended is None


async def test_what_has_changed_is_looked_up_anew_and_nothing_ends(world: World) -> None:
    proof = world.sign_in("ann")
    grant = await world.lookups.find(proof)
    world.store.sessions["ann"] = Found("ses_ann", User("user_ann", admin=True))
    world.revoke(1, "user:user_ann", None)
    world.clock.at += 2
    await world.lookups.round()
    assert await world.lookups.find(proof) is grant
    assert grant.ended is None
    assert grant.user.admin


async def test_what_expires_ends(world: World) -> None:
    proof = world.sign_in("ann")
    world.store.sessions["ann"] = Found("ses_ann", User("user_ann"), world.clock.at + 60)
    grant = await world.lookups.find(proof)
    world.clock.at += 61
    await world.lookups.round()
    assert grant.ended is Code.SESSION_ENDED


async def test_while_the_database_is_away_guests_chat_on_and_others_are_told(world: World) -> None:
    proof = world.sign_in("ann")
    known = await world.lookups.find(proof)
    world.store.away = True
    assert await world.lookups.find(proof) is known
    with pytest.raises(Unavailable):
        await world.lookups.find(world.sign_in("bob"))
    assert (await world.lookups.find(Proof(Kind.GUEST, "guest_1"))).user == User("guest_1")
    world.store.away = False
    assert (await world.lookups.find(world.sign_in("bob"))).user.id == "user_bob"


async def test_use_is_told_seldom_and_of_all_together(world: World) -> None:
    for name in ("ann", "bob"):
        await world.lookups.find(world.sign_in(name))
    world.clock.at += TELL_USE_S + 1
    await world.lookups.round()
    assert set(world.store.told) == {"ses_ann", "ses_bob"}


async def test_who_was_here_is_told_with_it(world: World) -> None:
    world.store.sessions["ann"] = Found("ses_ann", User("user_ann", has_account=True))
    await world.lookups.find(Proof(Kind.SESSION, "ann"))
    await world.lookups.find(world.sign_in("a guest, or a key of no account"))
    asked_at = world.clock.at
    world.clock.at += TELL_USE_S + 1
    await world.lookups.round()
    assert world.store.here == {"user_ann": asked_at}
    world.lookups.left("user_bob")
    world.clock.at += TELL_USE_S + 1
    await world.lookups.round()
    assert world.store.here == {"user_ann": asked_at, "user_bob": asked_at + TELL_USE_S + 1}
