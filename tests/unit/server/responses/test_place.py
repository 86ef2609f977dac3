"""Where a response is to stand in its conversation."""
import pytest

from server.common.errors import Code, LimitReached, NotFound, Unavailable
from server.responses.place import FIRST, parent_of
from server.responses.schemas import parse_create
from tests.unit.server.responses.fakes import World

SAID = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "before"}]}


@pytest.mark.parametrize(("given", "parent"), [
    ({"conversation": "conv_1"}, None),
    ({"conversation": {"id": "conv_1"}}, None),
    ({"conversation": {"id": "conv_1"}, "previous_response_id": "resp_0a"}, "resp_0a"),
    ({"conversation": {"id": "conv_1", "parley:parent_id": "turn_1"}}, "turn_1"),
    ({"conversation": {"id": "conv_1", "parley:parent_id": None}}, FIRST),
    ({"previous_response_id": "resp_0a"}, "resp_0a"),
    ({}, None),
])
def test_which_turn_it_follows(given: dict[str, object], parent: str | None) -> None:
    assert parent_of(parse_create({"input": "x", **given})) == parent


@pytest.fixture
def world() -> World:
    world = World()
    world.conversations.held["conv_1"] = {"turn_1": [SAID], "resp_0a": [SAID, SAID]}
    return world


async def test_a_conversation_is_the_context(world: World) -> None:
    feed = await world.service.start("me", parse_create({"input": "now", "conversation": "conv_1"}))
    assert feed.request.input[:2] == [SAID, SAID]
    assert (len(feed.request.input), feed.request.own_input) == (3, 1)
    assert (feed.request.conversation, feed.request.parent) == ("conv_1", "resp_0a")
    assert feed.resource()["conversation"] == {"id": "conv_1"}
    assert world.conversations.begun == [feed.request]


async def test_a_turn_before_the_last_makes_a_branch(world: World) -> None:
    for ref in ({"id": "conv_1", "parley:parent_id": "turn_1"}, {"id": "conv_1", "parley:parent_id": None}):
        feed = await world.service.start("me", parse_create({"input": "now", "conversation": ref}))
        assert feed.request.parent == (ref["parley:parent_id"] or "")
        assert len(feed.request.input) == (2 if ref["parley:parent_id"] else 1)


async def test_without_a_conversation_nothing_is_told(world: World) -> None:
    feed = await world.service.start("me", parse_create({"input": "now"}))
    assert world.conversations.begun == []
    assert "conversation" not in feed.resource()


async def test_what_is_not_there_is_said_in_the_words_of_the_request(world: World) -> None:
    for given, code, param in (
            ({"conversation": "conv_2"}, Code.CONVERSATION_NOT_FOUND, "conversation"),
            ({"conversation": {"id": "conv_1", "parley:parent_id": "x"}}, Code.TURN_NOT_FOUND, "turn"),
            ({"conversation": "conv_1", "previous_response_id": "x"}, Code.PREVIOUS_RESPONSE_NOT_FOUND,
             "previous_response_id")):
        with pytest.raises(NotFound) as refused:
            await world.service.start("me", parse_create({"input": "now", **given}))
        assert (refused.value.code, refused.value.param) == (code, param)
    assert world.relay.requests == {}


async def test_sent_again_under_its_key_it_attaches_though_its_branch_is_busy_now(world: World) -> None:
    body = parse_create({"input": "now", "conversation": "conv_1", "idempotency_key": "k"})
    first = await world.service.start("me", body, key_hash="h")
    world.conversations.error = LimitReached(Code.CONVERSATION_LOCKED, "An answer is being made.")
    again = await world.service.start("me", body, key_hash="h")
    assert again.request.response_id == first.request.response_id
    assert len(world.conversations.begun) == 1


async def test_while_the_database_is_away_chat_goes_on_behind_what_the_relay_has(world: World) -> None:
    first = await world.service.start("me", parse_create({"input": "one", "conversation": "conv_1"}))
    world.relay.answer(world.last, "1")
    world.conversations.error = Unavailable(Code.HISTORY_UNAVAILABLE, "The database is away.")
    earlier = first.request.response_id
    second = await world.service.start("me", parse_create(
        {"input": "two", "conversation": "conv_1", "previous_response_id": earlier}))
    assert second.request.parent == earlier
    assert [item["content"][0]["text"] for item in second.request.input] == ["before", "before", "one", "1", "two"]
    for given in ({"conversation": "conv_1"}, {"conversation": "conv_9", "previous_response_id": earlier}):
        with pytest.raises(Unavailable):
            await world.service.start("me", parse_create({"input": "two", **given}))
