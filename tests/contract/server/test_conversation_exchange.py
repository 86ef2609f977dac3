"""Sharing, taking out and bringing in, and what becomes of a user's things, on every database."""
from typing import Any

import orjson
import pytest
from sqlalchemy import event, text

from relay.job import Request
from server.common.database import Database
from server.common.errors import ApiError, Code, NotFound
from server.conversations.estate import HistoryEstate
from server.conversations.exchange import RESPONSES_AT_ONCE
from server.conversations.requests import ConversationImport, parse
from server.conversations.schemas import Window
from server.conversations.tree import FIRST
from tests.contract.server.conversation_world import World, said, texts

ALL = Window(limit=100, order="asc")


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def shared(world: World, token: str) -> list[str]:
    return texts((await world.services.sharing.read(token, ALL))[1].data)


async def test_a_link_shows_the_branch_as_it_was_and_no_more(world: World) -> None:
    talk = await world.new(items=[said("You are a pirate.", "system")], title="Ships")
    first = await world.turn(talk, "one", "1")
    await world.turn(talk, "one too", "I", parent=first)
    share = await world.services.sharing.create("ada", talk.id)
    await world.turn(talk, "two", "secret")
    await world.turn(talk, "edited", "secret", parent=FIRST)
    await world.conversations.rename("ada", talk.id, "Secret")
    assert await shared(world, share.token) == ["one", "1", "one too", "I"]
    assert (await world.services.sharing.read(share.token, ALL))[0].title == "Ships"
    upto = await world.services.sharing.create("ada", talk.id, first)
    assert await shared(world, upto.token) == ["one", "1"]
    assert len(share.token) >= 32
    assert [one.token for one in await world.services.sharing.of_conversation("ada", talk.id)][-1] == share.token


async def test_a_link_ends_when_it_is_taken_back_or_its_conversation_is_deleted(world: World) -> None:
    talk, other = await world.new(items=[said("x")]), await world.new(items=[said("y")])
    sharing = world.services.sharing
    one, two, three = [await sharing.create("ada", name) for name in (talk.id, talk.id, other.id)]
    for user, name in (("eve", talk.id), ("ada", other.id)):
        with pytest.raises(NotFound):
            await sharing.revoke(user, name, one.token)
    await sharing.revoke("ada", talk.id, one.token)
    await world.conversations.delete("ada", other.id)
    for token in (one.token, three.token, "nothing", "\0"):
        with pytest.raises(NotFound) as refused:
            await sharing.read(token, ALL)
        assert refused.value.code is Code.SHARE_NOT_FOUND
    assert await shared(world, two.token) == ["x"]


async def test_what_is_being_made_is_not_shared_before_it_has_ended(world: World) -> None:
    talk = await world.new()
    for call in (world.services.sharing.create("ada", talk.id), world.services.sharing.create("eve", talk.id)):
        with pytest.raises(ApiError):
            await call
    await world.turn(talk, "one", "1")
    await world.asked(talk, "two")
    assert await shared(world, (await world.services.sharing.create("ada", talk.id)).token) == ["one", "1"]


async def exported(world: World, conversation_id: str) -> dict[str, Any]:
    given: dict[str, Any] = orjson.loads(orjson.dumps(await world.services.exchange.export("ada", conversation_id)))
    return given


async def test_what_was_taken_out_can_be_brought_in(world: World) -> None:
    talk = await world.new(metadata={"a": "b"}, title="Numbers")
    first = await world.turn(talk, "one", "1")
    await world.turn(talk, "two", "2")
    await world.turn(talk, "two", "II", parent=first)
    await world.conversations.update("ada", talk.id, pinned=True)
    given = await exported(world, talk.id)
    made = await world.services.exchange.bring_in("eve", parse(ConversationImport, given))
    assert made.id != talk.id
    assert texts((await world.conversations.items("eve", made.id, ALL)).data) == ["one", "1", "two", "II"]
    turns = (await world.conversations.turns("eve", made.id, ALL)).data
    assert [len(turn.siblings) for turn in turns] == [1, 2]
    assert all(turn.response_id is None for turn in turns)
    again = await world.services.exchange.export("eve", made.id)
    ours = {"id", "active_turn_id", "turns"}
    assert {name: value for name, value in again.items() if name not in ours} == {
        name: value for name, value in given.items() if name not in ours}
    assert [texts(turn["items"]) for turn in again["turns"]] == [texts(turn["items"]) for turn in given["turns"]]
    assert texts((await world.tree.place("eve", made.id)).items) == ["one", "1", "two", "II"]


@pytest.mark.parametrize(("change", "param"), [
    ({"version": 2}, "version"),
    ({"object": "x"}, "object"),
    ({"turns": [{"id": "a"}]}, "turns[0].status"),
    ({"surprise": 1}, "surprise"),
    ({"active_turn_id": "none"}, "active_turn_id"),
    ({"created_at": -1.0}, "created_at"),
    ({"metadata": {"a": 1}}, "metadata.a"),
])
async def test_what_is_no_export_is_refused(world: World, change: dict[str, Any], param: str) -> None:
    talk = await world.new()
    await world.turn(talk, "one", "1")
    given = {**await exported(world, talk.id), **change}
    with pytest.raises(ApiError) as refused:
        await world.services.exchange.bring_in("ada", parse(ConversationImport, given))
    assert refused.value.param == param


@pytest.mark.parametrize(("parents", "param"), [
    ({"b": "none"}, "turns[1].parent_id"),
    ({"a": "b", "b": "a"}, "turns"),
    ({"a": "a"}, "turns"),
    ({"b": "a", "again": "a"}, "turns"),
])
async def test_what_is_no_tree_is_refused(world: World, parents: dict[str, str], param: str) -> None:
    names = ["a", "a" if "again" in parents else "b"]
    turns: list[dict[str, Any]] = [
        {"id": name, "parent_id": parents.get(name), "status": "completed", "created_at": 1.0, "items": []}
        for name in names]
    given = {
        "object": "parley:conversation.export", "version": 1, "created_at": 1.0, "updated_at": 1.0, "turns": turns}
    with pytest.raises(ApiError) as refused:
        await world.services.exchange.bring_in("ada", parse(ConversationImport, given))
    assert refused.value.param == param


async def test_items_of_an_import_are_checked_like_a_responses(world: World) -> None:
    wrong: tuple[tuple[Any, str], ...] = (
        ({"type": "surprise"}, "turns[0].items[0].type"),
        ({"role": "user", "content": 5}, "turns[0].items[0].content"),
        ("x", "turns[0].items[0]"),
        ({"type": "item_reference", "id": "msg_1"}, "turns[0].items[0]"),
    )
    for item, param in wrong:
        turns = [{"id": "a", "status": "completed", "created_at": 1.0, "items": [item]}]
        given = {
            "object": "parley:conversation.export", "version": 1, "created_at": 1.0, "updated_at": 1.0, "turns": turns}
        with pytest.raises(ApiError) as refused:
            await world.services.exchange.bring_in("ada", parse(ConversationImport, given))
        assert refused.value.param == param


async def test_markdown_is_for_people(world: World) -> None:
    talk = await world.new(title="Numbers")
    await world.turn(talk, "one?", "**1**")
    assert await world.services.exchange.markdown("ada", talk.id) == (
        "# Numbers\n\n## You\n\none?\n\n## Assistant (tiny)\n\n**1**\n")


async def test_a_user_who_is_erased_leaves_nothing(world: World, database: Database) -> None:
    talk, other = await world.new(), await world.new("eve")
    await world.turn(talk, "secret", "secret")
    await world.services.sharing.create("ada", talk.id)
    kept = await world.turn(other, "mine", "mine")
    running = await world.asked(talk, "secret")
    estate = HistoryEstate(database, world.clock)
    await estate.erase("ada")
    await estate.erase("ada")
    world.answered(running, "secret")
    await world.saved(running)
    async with database.engine.connect() as connection:
        for table in ("responses", "conversations", "conversation_turns", "conversation_items", "conversation_shares"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()  # noqa: S608 - names from above
            assert "secret" not in str(rows), table
    assert await world.repository.find(kept) is not None
    assert await world.services.search.search("ada", "secret", 5) == []


async def test_a_guests_things_become_an_accounts(world: World, database: Database) -> None:
    talk = await world.new("guest")
    first = await world.turn(talk, "one", "1")
    running = await world.asked(talk, "two")
    await HistoryEstate(database, world.clock).hand_over("guest", "ada")
    world.answered(running, "2")
    await world.saved(running)
    assert texts((await world.conversations.items("ada", talk.id, ALL)).data) == ["one", "1", "two", "2"]
    for name in (first, running.response_id):
        found = await world.repository.find(name)
        assert found is not None
        assert found.request.user == "ada"
    with pytest.raises(NotFound):
        await world.conversations.get("guest", talk.id)
    world.tick()
    again = await world.new("guest")  # the browser is used on, by another guest with the same cookie
    name = await world.turn(again, "later", "x")
    later = await world.repository.find(name)
    assert later is not None
    assert later.request.user == "guest"


async def test_what_a_guest_began_is_kept_for_nobody_once_its_account_is_erased(
        world: World, database: Database) -> None:
    talk = await world.new("guest")
    running = await world.asked(talk, "secret")
    alone = Request("resp_alone", "guest", "tiny", world.clock.now(), [said("secret")], own_input=1)
    estate = HistoryEstate(database, world.clock)
    await estate.hand_over("guest", "ada")
    await estate.hand_over("other", "eve")
    assert await estate.former("ada") == ["guest"]
    await estate.erase("ada")
    assert (await estate.former("ada"), await estate.former("eve")) == ([], ["other"])
    world.answered(running, "secret")
    await world.saved(running)
    await world.repository.save(alone, {"id": "resp_alone", "status": "completed", "output": ["secret"]}, [])
    async with database.engine.connect() as connection:
        for table in ("responses", "conversation_items"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()  # noqa: S608 - names from above
            assert "secret" not in str(rows), table


async def test_everything_that_is_a_users_comes_as_each_export_does_and_nothing_else(world: World) -> None:
    talks = [await world.new(items=[said(str(number))], title=str(number)) for number in range(3)]
    await world.turn(talks[0], "one", "1")
    await world.conversations.update("ada", talks[1].id, archived=True)
    await world.new(user="eve", items=[said("secret")])
    export = world.services.exchange
    found = [one async for one in export.everything("ada")]
    assert found == [await export.export("ada", talk.id) for talk in talks]
    assert [one async for one in export.everything("nobody")] == []


async def test_responses_of_no_conversation_come_too_a_few_at_a_time(world: World, database: Database) -> None:
    await world.turn(await world.new(), "in a conversation", "x")
    names = [await alone(world, "ada", at) for at in (*range(RESPONSES_AT_ONCE + 2), RESPONSES_AT_ONCE + 1)]
    await alone(world, "eve", 3)
    deleted = await world.repository.find(names[1])
    assert deleted is not None
    await world.repository.delete(deleted.request, 99)
    del names[1]
    statements: list[str] = []
    event.listen(
        database.engine.sync_engine, "before_cursor_execute",
        lambda connection, cursor, statement, *rest: statements.append(statement))
    found = []
    async for one in world.services.exchange.responses_alone("ada"):
        found.append(one)
        if len(found) == 1:
            assert len(statements) == 1
            assert await alone(world, "ada", 98), "what comes meanwhile comes last"
    assert len([statement for statement in statements if statement.startswith("SELECT")]) >= 2
    assert [one["response"]["id"] for one in found[:-1]] == names
    assert [one["response"]["output"] for one in found] == [["done"]] * (len(names) + 1)
    [asked] = found[0]["input_items"]
    assert (asked["role"], asked["content"][0]["text"]) == ("user", "own 0"), "the context before it is another's"
    assert [one async for one in world.services.exchange.responses_alone("nobody")] == []


async def alone(world: World, user: str, at: int) -> str:
    world.tick()
    name = f"resp_{world.count:04}"
    request = Request(name, user, "tiny", at / 3, [said("before"), said(f"own {at}")], own_input=1)
    await world.repository.save(request, {"id": name, "status": "completed", "output": ["done"]}, [])
    return name


async def test_what_is_deleted_while_everything_is_read_is_left_out(world: World) -> None:
    talks = [await world.new(title=str(number)) for number in range(3)]
    names = []
    async for one in world.services.exchange.everything("ada"):
        names.append(one["title"])
        if one["title"] == "0":
            await world.conversations.delete("ada", talks[1].id)
    assert names == ["0", "2"]
