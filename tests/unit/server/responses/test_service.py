"""What can be done with responses, over a relay in memory and a real hub."""
from collections.abc import Awaitable

import pytest

from relay.errors import IdempotencyMismatch, RelayAway
from relay.events import Ended, InProgress
from server.common.errors import ApiError, Code
from server.responses.feed import Feed
from server.responses.schemas import parse_create
from tests.unit.server.responses.fakes import AWAY, World
from tests.unit.server.responses.story import message


@pytest.fixture
async def world() -> World:
    return World()


async def start(world: World, user: str = "u", **fields: object) -> Feed:
    return await world.service.start(user, parse_create({"input": "hi", **fields}), key_hash="h")


async def ended(world: World, user: str = "u", **fields: object) -> str:
    """The id of a response that has said "A B"."""
    feed = await start(world, user, **fields)
    world.relay.answer(feed.request.response_id, "A", " B")
    return feed.request.response_id


async def refusal(work: Awaitable[object]) -> Code:
    with pytest.raises(ApiError) as caught:
        await work
    return caught.value.code


async def test_a_response_from_start_to_end(world: World) -> None:
    feed = await start(world)
    viewer = feed.follow()
    assert len(await viewer.next()) == 2
    world.relay.answer(feed.request.response_id, "A", " B")
    frames = [frame async for some in viewer for frame in some]
    assert b'"response.completed"' in frames[-1]
    response = await feed.end()
    assert response["output"][0]["content"][0]["text"] == "A B"
    assert response["id"] == feed.request.response_id == world.last
    assert feed.request.user == "u"
    assert feed.request.created_at == world.clock.now()


async def test_the_default_model_is_asked_for_where_none_is_named(world: World) -> None:
    assert (await start(world)).request.model == "tiny"
    assert (await start(world, model="big")).request.model == "big"
    assert await refusal(start(world, model="none")) is Code.MODEL_NOT_FOUND


async def test_what_is_not_submitted_leaves_nothing(world: World) -> None:
    world.relay.error = AWAY
    with pytest.raises(RelayAway):
        await start(world)
    assert world.hub.feeds == 0


async def test_input_over_the_limit_is_never_submitted(world: World) -> None:
    assert await refusal(start(world, input="x" * 10_000)) is Code.INPUT_TOO_LARGE
    assert world.relay.requests == {}
    assert world.hub.feeds == 0


async def test_the_same_idempotency_key_makes_one_response(world: World) -> None:
    first = await start(world, idempotency_key="k")
    again = await start(world, idempotency_key="k")
    assert again is first
    assert world.hub.feeds == 1
    with pytest.raises(IdempotencyMismatch):
        await world.service.start("u", parse_create({"input": "hi", "idempotency_key": "k"}), key_hash="other")
    assert world.hub.feeds == 1


async def test_the_same_key_after_the_end_gives_the_same_answer(world: World) -> None:
    first = await ended(world, idempotency_key="k")
    again = await start(world, idempotency_key="k")
    assert again.request.response_id == first
    assert (await again.end())["status"] == "completed"


async def test_a_chain_goes_on_from_what_the_history_has(world: World) -> None:
    first = await ended(world)
    feed = await start(world, previous_response_id=first, input="more", instructions="be brief")
    assert [item["content"][0]["text"] for item in feed.request.input] == ["hi", "A B", "more"]
    assert feed.request.own_input == 1
    assert feed.request.echo["previous_response_id"] == first
    world.relay.answer(world.last, "C")
    second = world.last
    world.history.record(first)
    world.history.record(second)
    feed = await start(world, previous_response_id=second, input="and more")
    assert [item["content"][0]["text"] for item in feed.request.input] == ["hi", "A B", "more", "C", "and more"]


async def test_items_are_referred_to_by_their_ids(world: World) -> None:
    first = await ended(world)
    [given] = await world.service.input_items("u", first)
    create = parse_create({"input": [{"id": given["id"]}, {"role": "user", "content": "more"}]})
    feed = await world.service.start("u", create)
    assert [item["content"][0]["text"] for item in feed.request.input] == ["hi", "more"]
    assert await refusal(world.service.start("v", create)) is Code.ITEM_NOT_FOUND  # somebody else's does not exist
    assert len(world.relay.requests) == 2


async def test_what_a_model_cannot_do_is_never_submitted(world: World) -> None:
    world.catalog.able = frozenset({"tools"})
    tools = [{"type": "function", "name": "f"}]
    assert (await start(world, tools=tools)).request.tools == tools
    world.catalog.able = frozenset()
    assert await refusal(start(world, tools=tools)) is Code.UNSUPPORTED_PARAMETER
    image = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
    assert await refusal(start(world, input=[{"role": "user", "content": [image]}])) is Code.UNSUPPORTED_IMAGE
    assert len(world.relay.requests) == 1


async def test_the_socket_s_memory_comes_first(world: World) -> None:
    first = await start(world, store=False)
    world.relay.answer(world.last, "A")
    past = world.service.past_of(first)
    create = parse_create({"input": "more", "previous_response_id": first.request.response_id})
    feed = await world.service.start("u", create, past=past)
    assert [item["content"][0]["text"] for item in feed.request.input] == ["hi", "A", "more"]


async def test_what_failed_is_no_past(world: World) -> None:
    feed = await start(world)
    world.relay.tell(world.last, [InProgress(1.0), Ended("failed", 2.0, code="engine_error", message="no")])
    assert world.service.past_of(feed) is None
    assert await refusal(start(world, previous_response_id=world.last)) is Code.PREVIOUS_RESPONSE_NOT_FOUND


async def test_what_cannot_be_continued(world: World) -> None:
    assert await refusal(start(world, previous_response_id="resp_0")) is Code.PREVIOUS_RESPONSE_NOT_FOUND
    unstored = await ended(world, store=False)
    assert await refusal(start(world, previous_response_id=unstored)) is Code.PREVIOUS_RESPONSE_NOT_FOUND
    somebody_s = await ended(world, user="v")
    assert await refusal(start(world, previous_response_id=somebody_s)) is Code.PREVIOUS_RESPONSE_NOT_FOUND
    running = (await start(world)).request.response_id
    assert await refusal(start(world, previous_response_id=running)) is Code.INVALID_VALUE
    assert await refusal(start(world, user="v", previous_response_id=running)) is Code.PREVIOUS_RESPONSE_NOT_FOUND


@pytest.mark.parametrize("store", [True, False])
async def test_read_while_it_goes_on_and_after(world: World, store: bool) -> None:
    feed = await start(world, store=store)
    response_id = feed.request.response_id
    other = world.over(world.gateway())
    assert (await world.service.read("u", response_id))["status"] == "queued"
    assert (await other.read("u", response_id))["status"] == "queued"
    world.relay.answer(response_id, "A")
    for service in (world.service, other, world.over(world.gateway())):
        response = await service.read("u", response_id)
        assert (response["status"], response["output"][0]["content"][0]["text"]) == ("completed", "A")
        assert [item["content"][0]["text"] for item in await service.input_items("u", response_id)] == ["hi"]
    if store:
        world.history.record(response_id)
        assert (await world.over(world.gateway()).read("u", response_id))["status"] == "completed"


@pytest.mark.parametrize("state", ["running", "ended", "recorded"])
async def test_somebody_else_s_response_does_not_exist(world: World, state: str) -> None:
    feed = await start(world)
    response_id = feed.request.response_id
    if state != "running":
        world.relay.answer(response_id, "A")
    if state == "recorded":
        world.history.record(response_id)
    for service in (world.service, world.over(world.gateway())):
        for work in (service.read, service.input_items, service.follow, service.cancel, service.delete,
                     service.cancel_and_read):
            for user, wanted in (("v", response_id), ("u", "resp_0")):
                assert await refusal(work(user, wanted)) is Code.RESPONSE_NOT_FOUND
    assert world.relay.cancelled == []
    assert (await world.service.read("u", response_id))["id"] == response_id


async def test_while_the_relay_is_away(world: World) -> None:
    running = (await start(world)).request.response_id
    recorded = await ended(world)
    world.history.record(recorded)
    world.relay.error = AWAY
    assert (await world.service.read("u", running))["status"] == "queued"  # from the feed
    assert (await world.service.read("u", recorded))["status"] == "completed"  # from the database
    with pytest.raises(RelayAway):  # nobody can say that it does not exist
        await world.service.read("u", "resp_0")


async def test_follow_on_another_gateway(world: World) -> None:
    response_id = (await start(world)).request.response_id
    feed = await world.over(world.gateway()).follow("u", response_id)
    viewer = feed.follow(1)
    world.relay.answer(response_id, "A")
    frames = [frame async for some in viewer for frame in some]
    assert b'"response.in_progress"' in frames[0]
    assert b'"response.completed"' in frames[-1]


@pytest.mark.parametrize("relay_is", ["forgetful", "away"])
async def test_what_only_the_database_has_is_told_again(world: World, relay_is: str) -> None:
    response_id = await ended(world)
    world.history.record(response_id)
    world.relay.error = AWAY if relay_is == "away" else None
    service = world.over(world.gateway())
    feed = await service.follow("u", response_id)
    frames = [frame async for some in feed.follow(1001) for frame in some]
    assert b'"response.output_item.added"' in frames[0]
    assert b'"response.completed"' in frames[-1]
    assert await service.read("u", response_id) == feed.resource()
    world.relay.error = None
    assert await refusal(service.follow("v", response_id)) is Code.RESPONSE_NOT_FOUND


async def test_what_was_stored_without_its_events_can_be_read_but_not_followed(world: World) -> None:
    response_id = await ended(world)
    world.history.record(response_id)
    world.history.events.clear()
    service = world.over(world.gateway())
    assert await refusal(service.follow("u", response_id)) is Code.RESPONSE_NOT_FOUND
    assert (await service.read("u", response_id))["status"] == "completed"
    world.relay.error = AWAY
    with pytest.raises(RelayAway):  # it may have been read from the relay just now, and be saved in a moment
        await service.follow("u", response_id)


async def test_a_key_counts_though_what_it_went_on_from_is_gone(world: World) -> None:
    """A socket that remembered a response which is stored nowhere has broken, and the answer's first word with it."""
    first = await start(world, store=False)
    world.relay.answer(world.last, "A")
    again = {"input": "more", "previous_response_id": world.last, "idempotency_key": "k", "store": False}
    create = parse_create(again)
    feed = await world.service.start("u", create, key_hash="h", past=world.service.past_of(first))
    for service in (world.service, world.over(world.gateway())):
        made = await service.start("u", create, key_hash="h")
        assert made.request == feed.request
    assert (feed.request.idempotency_key, feed.request.request_hash) == ("k", "h")
    with pytest.raises(IdempotencyMismatch):
        await world.service.start("u", create, key_hash="other")
    other = parse_create({**again, "idempotency_key": "l"})
    assert await refusal(world.service.start("u", other, key_hash="h")) is Code.PREVIOUS_RESPONSE_NOT_FOUND
    assert len(world.relay.requests) == 2


async def test_a_key_counts_though_its_model_is_gone(world: World) -> None:
    feed = await start(world, idempotency_key="k")
    assert await start(world, idempotency_key="k", model="none") is feed


async def test_taking_up_makes_nothing(world: World) -> None:
    create = parse_create({"input": "hi", "idempotency_key": "k"})
    assert await refusal(world.service.take_up("u", create, "h")) is Code.RESPONSE_NOT_FOUND
    feed = await start(world, idempotency_key="k")
    assert await world.service.take_up("u", create, "h") is feed


async def test_a_cancel_reaches_the_relay_once(world: World) -> None:
    response_id = (await start(world)).request.response_id
    response = await world.service.cancel_and_read("u", response_id)
    assert (response["status"], response["incomplete_details"]) == ("incomplete", {"reason": "cancelled"})
    await world.service.cancel("u", response_id)
    assert world.relay.cancelled == [response_id]
    assert (await world.service.cancel_and_read("u", response_id))["status"] == "incomplete"


async def test_a_cancel_waits_for_the_end_but_not_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.responses.service.CANCEL_S", 0.01)
    monkeypatch.setattr(world.relay, "tell", lambda *_: None)  # a worker that does not hear
    response_id = (await start(world)).request.response_id
    assert (await world.service.cancel_and_read("u", response_id))["status"] == "queued"
    assert world.relay.cancelled == [response_id]


async def test_a_cancel_of_what_is_only_recorded_changes_nothing(world: World) -> None:
    response_id = await ended(world)
    world.history.record(response_id)
    response = await world.over(world.gateway()).cancel_and_read("u", response_id)
    assert response["status"] == "completed"
    assert world.relay.cancelled == []


@pytest.mark.parametrize(
    ("fields", "stopped"), [({"store": False}, True), ({}, False), ({"store": False, "idempotency_key": "k"}, False)])
async def test_who_leaves_stops_only_what_nobody_could_read(
        world: World, fields: dict[str, object], stopped: bool) -> None:
    create = parse_create({"input": "hi", **fields})
    feed = await world.service.start("u", create)
    await world.service.leave("u", feed, create)
    assert bool(world.relay.cancelled) == stopped


async def test_what_is_deleted_is_gone_everywhere(world: World) -> None:
    response_id = await ended(world)
    await world.service.delete("u", response_id)
    for service in (world.service, world.over(world.gateway())):
        assert await refusal(service.read("u", response_id)) is Code.RESPONSE_NOT_FOUND
        assert await refusal(service.follow("u", response_id)) is Code.RESPONSE_NOT_FOUND
        assert await refusal(service.delete("u", response_id)) is Code.RESPONSE_NOT_FOUND
    assert await refusal(start(world, previous_response_id=response_id)) is Code.PREVIOUS_RESPONSE_NOT_FOUND


async def test_what_goes_on_cannot_be_deleted(world: World) -> None:
    response_id = (await start(world)).request.response_id
    assert await refusal(world.service.delete("u", response_id)) is Code.INVALID_VALUE
    world.relay.tell(response_id, [InProgress(1.0), *message("A"), Ended("completed", 2.0)])
    await world.service.delete("u", response_id)


async def test_what_was_not_stored_cannot_be_deleted(world: World) -> None:
    response_id = await ended(world, store=False)
    assert await refusal(world.service.delete("u", response_id)) is Code.RESPONSE_NOT_FOUND
