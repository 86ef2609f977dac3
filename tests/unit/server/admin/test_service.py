"""Others' accounts, and whether somebody is connected."""
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import pytest

from relay.views import Stay
from server.admin import live_samples
from server.admin.ports import Member
from server.admin.schemas import MemberList
from server.admin.service import Members
from server.common.errors import BadRequest, Code
from tests.unit.server.admin.test_live import FakeMember
from tests.unit.server.clock import FakeClock


class FakeParts:
    def __init__(self) -> None:
        self.accounts = [FakeMember("user_1", "ann@example.org", "Ann", last_seen_at=5.5), FakeMember("user_2")]
        self.stays: Mapping[str, Sequence[Stay]] | None = {"user_1": [Stay("g1", 1.0, 2, 0), Stay("g2", 1.0, 0, 1)]}
        self.asked: list[str] = []

    async def named(self, ids: Collection[str]) -> Mapping[str, Member]:
        raise NotImplementedError

    async def page(self, words: str, after: str | None, limit: int) -> tuple[Sequence[Member], bool]:
        self.asked.append(words)
        return self.accounts[:limit], len(self.accounts) > limit

    async def count(self, words: str | Collection[str]) -> int:
        return 12

    async def doors(self, ids: Collection[str]) -> Mapping[str, tuple[int, int]]:
        return dict.fromkeys(ids, (3, 4))

    async def invite(self, email: str, display_name: str, role: str) -> Member:
        return replace(self.accounts[0], email=email, display_name=display_name, role=role)

    async def change(self, user_id: str, *, role: str | None, is_active: bool | None) -> Member:
        return replace(self.accounts[0], role=role or "user")

    async def holdings(self, users: Sequence[str]) -> Mapping[str, Sequence[Stay]] | None:
        return self.stays


class FakeConversations:
    async def count(self, users: Collection[str]) -> Mapping[str, int]:
        return {"user_1": 7}


def members(parts: FakeParts) -> Members:
    return Members(parts, FakeConversations(), parts, FakeClock(100))


async def test_what_is_told_of_each() -> None:
    parts = FakeParts()
    page = (await members(parts).page(" an ", None, 10)).model_dump()
    assert parts.asked == ["an"]
    assert page["total"] == 12
    assert page["data"][0] == {
        "id": "user_1", "object": "user", "email": "ann@example.org", "display_name": "Ann", "role": "user",
        "is_active": True, "is_verified": False, "is_guest": False, "created_at": 1, "last_seen_at": 100,
        "is_connected": True, "sockets": 2, "streams": 1, "conversations": 7, "sessions": 3, "keys": 4}
    other = page["data"][1]
    assert (other["is_connected"], other["sockets"], other["last_seen_at"], other["conversations"]) == (
        False, 0, None, 0)
    assert (page["first_id"], page["last_id"], page["has_more"]) == ("user_1", "user_2", False)


async def test_whether_somebody_is_connected_may_not_be_known() -> None:
    parts = FakeParts()
    parts.stays = None
    ann = (await members(parts).page("", None, 10)).data[0]
    assert (ann.is_connected, ann.sockets, ann.streams, ann.last_seen_at) == (None, None, None, 5)


async def test_nobody_is_found() -> None:
    parts = FakeParts()
    parts.accounts = []
    page = await members(parts).page("x", None, 10)
    assert (page.data, page.first_id, page.last_id) == ([], None, None)


async def test_a_change_is_answered_with_all_of_it() -> None:
    changed = await members(FakeParts()).change("user_1", role="administrator", is_active=None)
    assert (changed.role, changed.is_connected, changed.keys) == ("administrator", True, 4)


async def test_an_invitation_is_answered_with_the_account() -> None:
    invited = await members(FakeParts()).invite("bob@example.org", "Bob", "administrator")
    assert (invited.email, invited.display_name, invited.role) == ("bob@example.org", "Bob", "administrator")


async def test_what_no_name_can_have_is_refused() -> None:
    with pytest.raises(BadRequest) as refused:
        await members(FakeParts()).page("a\0", None, 10)
    assert (refused.value.code, refused.value.param) == (Code.INVALID_VALUE, "query")


def test_the_documents_sample_is_whole() -> None:
    assert MemberList.model_validate(live_samples.MEMBERS, strict=True).model_dump() == live_samples.MEMBERS
