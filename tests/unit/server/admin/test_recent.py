"""The list of the last errors: both kinds together or one of them, in pages."""
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from relay.overview import ErrorKind
from server.admin import live_samples
from server.admin.ports import Member
from server.admin.recent import LastErrors
from server.admin.recent_schemas import ErrorList
from server.common.errors import BadRequest, Code
from server.common.recent import RecentError
from server.reference.meanings import meaning
from tests.unit.server.admin.test_live import FakeMember


class FakeRelay:
    def __init__(self) -> None:
        self.told: dict[ErrorKind, list[tuple[int, int, bytes]]] = {"failure": [], "refusal": []}

    def tell(self, kind: ErrorKind, at: int, number: int = 0, **fields: Any) -> None:
        error = replace(RecentError(at / 1000, "queue_full", 429, "http", None, None, None, None), **fields)
        self.told[kind].insert(0, (at, number, msgspec.msgpack.encode(error)))

    async def errors(self, kind: ErrorKind) -> list[tuple[int, int, bytes]]:
        return self.told[kind]

    async def known(self, ids: Collection[str]) -> Mapping[str, Member]:
        return {"user_1": FakeMember("user_1", "ann@example.org", "Ann")} if "user_1" in ids else {}


@pytest.fixture
def relay() -> FakeRelay:
    return FakeRelay()


@pytest.fixture
def errors(relay: FakeRelay) -> LastErrors:
    return LastErrors(relay, relay, meaning)


async def test_both_kinds_the_newest_first_in_pages(relay: FakeRelay, errors: LastErrors) -> None:
    for at in range(1000, 1005):
        relay.tell("failure" if at % 2 else "refusal", at)
    relay.tell("refusal", 1004, 1)
    relay.tell("failure", 1004)
    found, after, more = list[str](), "", True
    while more:
        page = await errors.page(None, after, 2)
        found += [error.id for error in page.data]
        after, more = page.last_id or "", page.has_more
    assert found == [
        "err_1004_1_refusal", "err_1004_0_refusal", "err_1004_0_failure", "err_1003_0_failure", "err_1002_0_refusal",
        "err_1001_0_failure", "err_1000_0_refusal"]
    only = await errors.page("failure", "err_1004_0_refusal", 10)
    assert [error.id for error in only.data] == ["err_1004_0_failure", "err_1003_0_failure", "err_1001_0_failure"]
    assert {error.kind for error in only.data} == {"failure"}


async def test_nothing_has_gone_wrong(errors: LastErrors) -> None:
    page = await errors.page(None, "", 10)
    assert (page.data, page.first_id, page.last_id, page.has_more) == ([], None, None, False)


async def test_what_is_shown(relay: FakeRelay, errors: LastErrors) -> None:
    relay.tell("failure", 1500, code="engine_error", status=500, door="response", message="The engine has failed.",
               user="user_1", response_id="resp_1")
    relay.tell("refusal", 2500, code="invalid_value", status=400, param="temperature", user="admin")
    relay.tell("refusal", 3500, code="of_another_version", status=418)
    relay.told["refusal"].insert(0, (4000, 0, b"?"))
    odd, refusal, failure = (await errors.page(None, "", 10)).model_dump()["data"]
    assert failure == {
        "id": "err_1500_0_failure", "object": "error", "kind": "failure", "at": 1.5, "code": "engine_error",
        "status": 500, "door": "response", "message": "The engine has failed.", "param": None,
        "user": {"id": "user_1", "kind": "account", "email": "ann@example.org", "display_name": "Ann"},
        "response_id": "resp_1"}
    assert (refusal["message"], refusal["param"]) == (meaning(Code.INVALID_VALUE), "temperature")
    assert refusal["user"]["kind"] == "key"
    assert (odd["code"], odd["message"], odd["user"]) == ("of_another_version", "", None)


@pytest.mark.parametrize("after", [
    "x", "err_1_1", "err_1_1_other", "err_-1_1_failure", "err_\u0661_1_failure", f"err_{'9' * 16}_1_failure",
    "err_1_1_failure\n"])
async def test_what_is_no_id_is_refused(errors: LastErrors, after: str) -> None:
    with pytest.raises(BadRequest) as refused:
        await errors.page(None, after, 10)
    assert (refused.value.code, refused.value.param) == (Code.INVALID_VALUE, "after")


def test_the_documents_sample_is_whole() -> None:
    assert ErrorList.model_validate(live_samples.ERRORS, strict=True).model_dump() == live_samples.ERRORS
