"""Turns of conversations, on every database: nothing is overwritten, and what is said comes in its order."""
from typing import Literal

import pytest
from sqlalchemy import text

from server.common.database import Database
from server.common.errors import ApiError, Code, LimitReached, NotFound, TooLarge
from server.conversations.schemas import Window
from server.conversations.tree import FIRST
from tests.contract.server.conversation_world import MAX_INPUT_BYTES, World, said, texts

ALL = Window(limit=100, order="asc")


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def branch_of(world: World, conversation_id: str, user: str = "ada") -> list[str]:
    return texts((await world.conversations.items(user, conversation_id, ALL)).data)


async def test_turns_follow_each_other(world: World) -> None:
    talk = await world.new()
    await world.turn(talk, "one", "1")
    last = await world.turn(talk, "two", "2")
    assert await branch_of(world, talk.id) == ["one", "1", "two", "2"]
    placed = await world.tree.place("ada", talk.id)
    assert texts(placed.items) == ["one", "1", "two", "2"]
    assert placed.parent_id == last
    assert all("status" not in item for item in placed.items)
    assert placed.items[1]["content"] == [{"type": "output_text", "text": "1"}]


async def test_a_question_is_visible_before_its_answer_is(world: World) -> None:
    talk = await world.new()
    request = await world.asked(talk, "What?")
    assert (await world.conversations.get("ada", talk.id)).running == [request.response_id]
    [turn] = (await world.conversations.turns("ada", talk.id, ALL)).data
    assert (turn.status, texts(turn.items), turn.response_id) == ("in_progress", ["What?"], request.response_id)
    world.answered(request, "That.")
    [turn] = (await world.conversations.turns("ada", talk.id, ALL)).data
    assert (turn.status, texts(turn.items)) == ("completed", ["What?", "That."])
    await world.saved(request)
    [turn] = (await world.conversations.turns("ada", talk.id, ALL)).data
    assert (turn.status, texts(turn.items)) == ("completed", ["What?", "That."])
    assert (await world.conversations.get("ada", talk.id)).running == []


async def test_the_next_turn_need_not_wait_for_the_recorder(world: World) -> None:
    talk = await world.new()
    first = await world.asked(talk, "one")
    world.answered(first, "1")
    second = await world.asked(talk, "two")
    assert texts(second.input) == ["one", "1", "two"]
    assert second.parent == first.response_id
    world.answered(second, "2")
    await world.saved(second)  # before the first one
    await world.saved(first)
    assert await branch_of(world, talk.id) == ["one", "1", "two", "2"]


async def test_saved_twice_is_saved_once(world: World) -> None:
    talk = await world.new()
    request = await world.asked(talk, "one")
    response = world.answered(request, "1")
    await world.tree.end(request, response)
    await world.tree.end(request, response)
    await world.tree.begin(request)
    assert await branch_of(world, talk.id) == ["one", "1"]
    [turn] = (await world.conversations.turns("ada", talk.id, ALL)).data
    assert turn.status == "completed"


async def test_what_could_not_be_told_at_its_beginning_is_there_at_its_end(world: World) -> None:
    talk = await world.new()
    request = await world.asked(talk, "one", begin=False)
    world.answered(request, "1")
    await world.saved(request)
    assert await branch_of(world, talk.id) == ["one", "1"]
    late = await world.asked(talk, "late", begin=False)
    world.answered(late, "!")
    await world.turn(talk, "two", "2")
    await world.saved(late)
    assert await branch_of(world, talk.id) == ["one", "1", "two", "2"], "a later turn stays the active one"


async def test_regenerating_and_editing_make_siblings(world: World) -> None:
    talk = await world.new()
    first = await world.turn(talk, "one", "1")
    second = await world.turn(talk, "two", "2")
    again = await world.turn(talk, "two", "II", parent=first)
    edited = await world.turn(talk, "ONE", "I", parent=FIRST)
    assert await branch_of(world, talk.id) == ["ONE", "I"]
    siblings = await world.conversations.siblings("ada", talk.id, second)
    assert [turn.id for turn in siblings] == [second, again]
    assert [texts(turn.items) for turn in siblings] == [["two", "2"], ["two", "II"]]
    chosen = await world.conversations.branch("ada", talk.id, first)
    assert chosen.active_turn_id == again
    assert await branch_of(world, talk.id) == ["one", "1", "two", "II"]
    turns = (await world.conversations.turns("ada", talk.id, ALL)).data
    assert [turn.siblings for turn in turns] == [[first, edited], [second, again]]
    other = (await world.conversations.turns("ada", talk.id, ALL, second)).data
    assert [turn.id for turn in other] == [first, second]
    await world.conversations.branch("ada", talk.id, second)
    await world.turn(talk, "three", "3")
    assert await branch_of(world, talk.id) == ["one", "1", "two", "2", "three", "3"]


async def test_nothing_follows_what_is_still_being_made(world: World) -> None:
    talk = await world.new()
    first = await world.turn(talk, "one", "1")
    running = await world.asked(talk, "two")
    for parent in (None, running.response_id):
        with pytest.raises(LimitReached) as refused:
            await world.tree.place("ada", talk.id, parent)
        assert refused.value.code is Code.CONVERSATION_LOCKED
    assert (await world.tree.place("ada", talk.id, first)).parent_id == first
    assert (await world.tree.place("ada", talk.id, FIRST)).items == []


async def test_after_a_failure_the_next_turn_is_its_sibling(world: World) -> None:
    talk = await world.new()
    failed = await world.turn(talk, "one", "", status="failed")
    assert (await world.tree.place("ada", talk.id)).parent_id == FIRST
    first = await world.turn(talk, "one", "1")
    lost = await world.asked(talk, "two")
    world.history.running.clear()  # and nobody knows it any more
    assert (await world.tree.place("ada", talk.id)).parent_id == first
    with pytest.raises(NotFound) as refused:
        await world.tree.place("ada", talk.id, lost.response_id)
    assert refused.value.code is Code.TURN_NOT_FOUND
    turns = (await world.conversations.turns("ada", talk.id, ALL)).data
    assert [(turn.status, turn.siblings) for turn in turns] == [
        ("completed", [failed, first]), ("failed", [lost.response_id])]
    assert (await world.conversations.get("ada", talk.id)).running == []


async def test_items_by_hand_are_turns_too(world: World) -> None:
    talk = await world.new(items=[said("You are kind.", "system"), said("Hi")])
    assert talk.title == "Hi"
    await world.turn(talk, "one", "1")
    added = await world.conversations.add_items("ada", talk.id, [said("By the way", "user"), said("Yes", "assistant")])
    assert len({item["id"] for item in added}) == 2
    assert await branch_of(world, talk.id) == ["You are kind.", "Hi", "one", "1", "By the way", "Yes"]
    assert await world.conversations.item("ada", talk.id, added[0]["id"]) == added[0]
    await world.conversations.delete_item("ada", talk.id, added[0]["id"])
    assert texts((await world.tree.place("ada", talk.id)).items) == ["You are kind.", "Hi", "one", "1", "Yes"]
    for call in (world.conversations.item, world.conversations.delete_item):
        with pytest.raises(NotFound) as refused:
            await call("ada", talk.id, added[0]["id"])
        assert refused.value.code is Code.NOT_FOUND
    with pytest.raises(NotFound) as refused:
        await world.conversations.item("ada", "conv_none", "msg_1")
    assert refused.value.code is Code.CONVERSATION_NOT_FOUND


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_items_come_in_pages(world: World, order: str) -> None:
    talk = await world.new(items=[said(str(number)) for number in range(5)])
    await world.turn(talk, "5", "6")
    await world.conversations.add_items("ada", talk.id, [said("7"), said("8")])
    seen: list[str] = []
    after = None
    while True:
        window = Window(limit=2, order="asc" if order == "asc" else "desc", after=after)
        page = await world.conversations.items("ada", talk.id, window)
        seen += texts(page.data)
        after = page.data[-1]["id"]
        if not page.has_more:
            break
    expected = [str(number) for number in range(9)]
    assert seen == (expected if order == "asc" else expected[::-1])


async def test_turns_come_in_pages(world: World) -> None:
    talk = await world.new()
    made = [await world.turn(talk, str(number), "!") for number in range(5)]
    newest = await world.conversations.turns("ada", talk.id, Window(limit=2))
    assert ([turn.id for turn in newest.data], newest.has_more) == (made[:2:-1], True)
    rest = await world.conversations.turns("ada", talk.id, Window(limit=9, after=made[3]))
    assert ([turn.id for turn in rest.data], rest.has_more) == (made[2::-1], False)
    for call in (world.conversations.turns, world.conversations.items):
        with pytest.raises(ApiError, match="there is no"):
            await call("ada", talk.id, Window(after="resp_none\0"))


async def test_many_conversations_in_one_statement(world: World) -> None:
    talks = [await world.new(items=[said(f"{number}.{item}") for item in range(3)]) for number in range(3)]
    theirs = await world.new("eve", items=[said("secret")])
    names = [*(talk.id for talk in talks), theirs.id, "conv_none"]
    found = await world.conversations.items_of_many("ada", names, Window(2, "asc"))
    assert [texts(found[name].data) for name in names] == [["0.0", "0.1"], ["1.0", "1.1"], ["2.0", "2.1"], [], []]
    assert [found[name].has_more for name in names] == [True, True, True, False, False]
    found = await world.conversations.items_of_many("ada", names, Window(1, "desc"))
    assert [texts(found[name].data) for name in names] == [["0.2"], ["1.2"], ["2.2"], [], []]
    assert set(await world.conversations.get_many("ada", names)) == {talk.id for talk in talks}


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_the_turns_of_many_are_those_of_each(world: World, order: Literal["asc", "desc"]) -> None:
    talks = [await world.new() for _ in range(2)]
    for talk in talks:
        first = await world.turn(talk, "one", "1")
        await world.turn(talk, "two", "2")
        await world.turn(talk, "other", "3", parent="")
        await world.turn(talk, "three", "4", parent=first)
    theirs = await world.new("eve")
    await world.turn(theirs, "secret", "yes")
    names = [*(talk.id for talk in talks), theirs.id, "conv_none"]
    for limit in (1, 2, 3):
        window = Window(limit, order)
        found = await world.conversations.turns_of_many("ada", names, window)
        for talk in talks:
            assert found[talk.id] == await world.conversations.turns("ada", talk.id, window)
        assert [found[name].data for name in names[2:]] == [[], []]
    assert await world.conversations.turns_of_many("ada", [], Window()) == {}


async def test_somebody_elses_conversation_does_not_exist(world: World) -> None:
    talk = await world.new()
    turn = await world.turn(talk, "secret", "yes")
    service, item = world.conversations, (await world.conversations.items("ada", talk.id, ALL)).data[0]["id"]
    for eve, name in (("eve", talk.id), ("ada", "conv_none"), ("ada", f"{talk.id}\0")):
        for call in (
                service.get(eve, name), service.items(eve, name, ALL), service.turns(eve, name, ALL),
                service.turns(eve, name, ALL, turn), service.siblings(eve, name, turn), service.branch(eve, name, turn),
                service.item(eve, name, item), service.delete_item(eve, name, item), service.rename(eve, name, "x"),
                service.add_items(eve, name, [said("x")]), service.delete(eve, name), world.tree.place(eve, name),
                world.tree.place(eve, name, turn), world.tree.place(eve, name, FIRST)):
            with pytest.raises(NotFound) as refused:
                await call
            assert refused.value.code is Code.CONVERSATION_NOT_FOUND
    assert await branch_of(world, talk.id) == ["secret", "yes"]


async def test_a_turn_of_another_conversation_is_none_of_this_one(world: World) -> None:
    talk, other = await world.new(), await world.new()
    turn = await world.turn(other, "elsewhere", "yes")
    await world.turn(talk, "here", "yes")
    service = world.conversations
    for call in (
            service.turns("ada", talk.id, ALL, turn), service.siblings("ada", talk.id, turn),
            service.branch("ada", talk.id, turn), world.tree.place("ada", talk.id, turn)):
        with pytest.raises(NotFound) as refused:
            await call
        assert refused.value.code is Code.TURN_NOT_FOUND


async def test_deleted_takes_the_text_of_its_responses_with_it(world: World, database: Database) -> None:
    talk, other = await world.new(), await world.new()
    kept = await world.turn(other, "other", "kept")
    await world.turn(talk, "secret one", "secret two")
    running = await world.asked(talk, "secret three")
    await world.conversations.delete("ada", talk.id)
    assert world.responses.cancelled == [running.response_id]
    world.answered(running, "secret four", "incomplete")
    await world.saved(running)
    late = await world.turn(other, "later", "kept too")
    async with database.engine.connect() as connection:
        for table in ("responses", "conversations", "conversation_turns", "conversation_items"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()  # noqa: S608 - names from above
            assert rows
            assert "secret" not in str(rows), table
    assert await world.repository.is_deleted(running.response_id)
    assert await world.repository.find(kept) is not None
    assert await world.repository.find(late) is not None


async def test_what_begins_in_a_conversation_that_is_being_deleted_is_kept_nowhere(world: World) -> None:
    talk = await world.new()
    request = await world.asked(talk, "secret", begin=False)
    await world.conversations.delete("ada", talk.id)
    await world.tree.begin(request)
    world.answered(request, "secret")
    await world.saved(request)
    assert await world.repository.find(request.response_id) is None


async def test_a_branch_that_is_too_long_is_not_read(world: World) -> None:
    talk = await world.new(items=[said("x" * 4 * MAX_INPUT_BYTES)])
    await world.conversations.add_items("ada", talk.id, [said("y" * 4 * MAX_INPUT_BYTES)])
    with pytest.raises(TooLarge) as refused:
        await world.tree.place("ada", talk.id)
    assert refused.value.code is Code.INPUT_TOO_LARGE
    assert (await world.tree.place("ada", talk.id, FIRST)).items == []


@pytest.mark.parametrize("words", ["nul \x00 within", "half a pair \ud83e", "Ünïcödé 🦊 \x02"])
async def test_keeps_every_character(world: World, words: str) -> None:
    talk = await world.new(items=[said(words)])
    await world.turn(talk, words, words)
    assert await branch_of(world, talk.id) == [words] * 3
