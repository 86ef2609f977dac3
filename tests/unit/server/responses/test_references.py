"""Items that a request names by their ids."""
from typing import Any

import pytest

from server.common.errors import ApiError, Code, NotFound
from server.responses.chains import Past
from server.responses.references import MAX_RESPONSES, find_references, response_of
from server.responses.schemas import parse_create

STEM = "0" + "ab" * 16
MINE = f"msg_{STEM}_0"


class Responses:
    """One response; `asked` are the ids that were looked for."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.items, self.asked = list(items), list[str]()

    async def items_of(self, response_id: str) -> list[dict[str, Any]]:
        self.asked.append(response_id)
        if response_id != f"resp_{STEM}":
            raise NotFound(Code.RESPONSE_NOT_FOUND, "There is no such response.")
        return self.items


def referring(*ids: str) -> Any:
    return parse_create({"input": [{"type": "item_reference", "id": name} for name in ids]})


@pytest.mark.parametrize(("item_id", "response_id"), [
    (MINE, f"resp_{STEM}"), (f"fc_{STEM}_12", f"resp_{STEM}"), (f"msg_{STEM}i3", f"resp_{STEM}"),
    (STEM, None), (f"msg_{STEM}", None), ("msg_1", None), ("", None), (f"msg_{STEM}_0\n", None),
])
def test_an_id_says_which_response_its_item_is_of(item_id: str, response_id: str | None) -> None:
    assert response_of(item_id) == response_id


async def test_the_chain_is_looked_through_first() -> None:
    responses = Responses()
    past = Past("resp_0", [{"type": "message", "id": "mine"}, {"type": "message"}], 10)
    assert (await find_references(referring("mine"), past, responses.items_of))["mine"] == {
        "type": "message", "id": "mine"}
    assert responses.asked == []


async def test_then_the_response_that_it_is_of_once() -> None:
    other = f"msg_{STEM}i0"
    responses = Responses({"type": "message", "id": MINE}, {"type": "message", "id": other})
    found = await find_references(referring(MINE, other, MINE), None, responses.items_of)
    assert set(found) == {MINE, other}
    assert responses.asked == [f"resp_{STEM}"]


@pytest.mark.parametrize("item_id", ["msg_1", MINE, f"msg_{STEM.replace('a', 'c')}_0"])
async def test_what_is_nowhere_is_named(item_id: str) -> None:
    with pytest.raises(NotFound) as caught:
        await find_references(referring("known", item_id), Past("resp_0", [{"id": "known"}], 1), Responses().items_of)
    assert (caught.value.code, caught.value.param) == (Code.ITEM_NOT_FOUND, "input[1].id")


async def test_no_request_makes_us_read_without_end() -> None:
    async def items_of(response_id: str) -> list[dict[str, Any]]:
        return [{"id": f"msg_{response_id.removeprefix('resp_')}_0"}]

    ids = [f"msg_0{number:032x}_0" for number in range(MAX_RESPONSES + 1)]
    assert len(await find_references(referring(*ids[1:]), None, items_of)) == MAX_RESPONSES
    with pytest.raises(ApiError) as caught:
        await find_references(referring(*ids), None, items_of)
    assert caught.value.code is Code.INVALID_VALUE


async def test_what_refers_to_nothing_finds_nothing() -> None:
    past = Past("resp_0", [{"type": "message", "id": "mine"}], 10)
    for given in ("hi", [{"role": "user", "content": "hi"}]):
        assert await find_references(parse_create({"input": given}), past, Responses().items_of) == {}
