"""Lists of conversations, on every database."""
import pytest
from sqlalchemy import event

from server.common.database import Database
from server.common.errors import ApiError, Code, Unavailable
from server.conversations.schemas import Window
from tests.contract.server.conversation_world import World, said


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def names(world: World, window: Window, **filters: bool) -> tuple[list[str], bool]:
    page = await world.conversations.page("ada", window, **filters)
    return [conversation.title for conversation in page.data], page.has_more


async def test_the_last_used_comes_first_and_pages_fit_together(world: World) -> None:
    talks = [await world.new(title=str(number)) for number in range(5)]
    await world.new("eve", title="secret")
    await world.turn(talks[1], "x", "y")
    assert await names(world, Window()) == (["1", "4", "3", "2", "0"], False)
    assert await names(world, Window(limit=2)) == (["1", "4"], True)
    assert await names(world, Window(limit=2, after=talks[4].id)) == (["3", "2"], True)
    assert await names(world, Window(limit=2, after=talks[2].id)) == (["0"], False)
    assert await names(world, Window(limit=2, before=talks[2].id)) == (["4", "3"], True)
    assert await names(world, Window(limit=9, before=talks[4].id)) == (["1"], False)
    assert await names(world, Window(after=talks[1].id, before=talks[2].id)) == (["4", "3"], False)
    assert await names(world, Window(order="asc", limit=2)) == (["0", "2"], True)
    assert await names(world, Window(order="asc", limit=2, after=talks[2].id)) == (["3", "4"], True)
    assert await names(world, Window(order="asc", limit=2, before=talks[3].id)) == (["0", "2"], False)


async def test_those_of_the_same_moment_are_each_told_once(world: World) -> None:
    for number in range(5):
        await world.conversations.create("ada", title=str(number))
    seen: list[str] = []
    after = None
    for _ in range(3):
        page = await world.conversations.page("ada", Window(limit=2, after=after))
        seen += [conversation.title for conversation in page.data]
        after = page.data[-1].id
    assert sorted(seen) == ["0", "1", "2", "3", "4"]


async def test_pinned_and_archived(world: World) -> None:
    talks = [await world.new(title=str(number)) for number in range(3)]
    await world.conversations.update("ada", talks[0].id, pinned=True)
    changed = await world.conversations.update("ada", talks[1].id, archived=True, metadata={"a": "b"})
    assert (changed.archived, changed.metadata, changed.title, changed.updated_at) == (
        True, {"a": "b"}, "1", talks[1].updated_at)
    assert await names(world, Window(), archived=False) == (["2", "0"], False)
    assert await names(world, Window(), archived=True) == (["1"], False)
    assert await names(world, Window(), pinned=True) == (["0"], False)


@pytest.mark.parametrize("cursor", ["conv_none", "conv_\0"])
async def test_a_cursor_that_is_none_is_refused(world: World, cursor: str) -> None:
    for window in (Window(after=cursor), Window(before=cursor)):
        with pytest.raises(ApiError) as refused:
            await world.conversations.page("ada", window)
        assert refused.value.code is Code.INVALID_VALUE


async def test_lists_cost_few_statements(world: World, database: Database) -> None:
    talks = [await world.new(items=[said("x")]) for _ in range(3)]
    turn = await world.turn(talks[0], "a", "b")
    await world.asked(talks[1], "c")
    statements: list[str] = []
    event.listen(
        database.engine.sync_engine, "before_cursor_execute",
        lambda connection, cursor, statement, *rest: statements.append(statement))
    service, window, name = world.conversations, Window(), talks[0].id
    for call, most in (
            (service.page("ada", window), 1), (service.page("ada", Window(after=name)), 2),
            (service.get_many("ada", [talk.id for talk in talks]), 1), (service.turns("ada", name, window), 2),
            (service.turns("ada", name, Window(after=turn)), 3), (service.siblings("ada", name, turn), 2),
            (service.items("ada", name, window), 1),
            (service.items_of_many("ada", [talk.id for talk in talks], window), 1),
            (service.turns_of_many("ada", [talk.id for talk in talks], window), 2),
            (world.services.search.search("ada", "x", 5), 2)):
        statements.clear()
        await call
        assert 0 < len([statement for statement in statements if "pragma" not in statement.lower()]) <= most, statements


async def test_a_database_that_is_away_is_said_so(empty_database: Database) -> None:
    """It has no schema, so every query fails."""
    world = World(empty_database)
    for call in (
            world.new(), world.conversations.get("ada", "conv_1"), world.conversations.page("ada", Window()),
            world.tree.place("ada", "conv_1"), world.services.search.search("ada", "x", 5),
            world.services.sharing.read("token", Window())):
        with pytest.raises(Unavailable) as refused:
            await call
        assert refused.value.code is Code.HISTORY_UNAVAILABLE
