"""All conversations of a user at once, on every database."""
import pytest
from sqlalchemy import event, func, select

from relay.errors import RelayAway
from server.common.database import Database
from server.common.errors import ApiError, BadRequest, Code, NotFound
from server.conversations.conversation_repository import ConversationRepository
from server.conversations.models import ItemRow, ResponseRow, ShareRow, TurnRow
from server.conversations.schemas import Window
from tests.contract.server.conversation_world import World, said


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def rows(database: Database, table: type) -> int:
    async with database.session() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_they_are_counted_and_archived_but_for_those_of_others(world: World) -> None:
    talks = [await world.new() for _ in range(3)]
    theirs = await world.new("eve")
    await world.conversations.update("ada", talks[0].id, archived=True)
    collection = world.services.collection
    assert await collection.count("ada") == (3, 1)
    assert await collection.archive("ada") == 2
    assert await collection.count("ada") == (3, 3)
    assert await collection.archive("ada") == 0
    assert not (await world.conversations.get("eve", theirs.id)).archived
    assert await collection.count("nobody") == (0, 0)
    page = await world.conversations.page("ada", Window(), archived=True)
    assert [talk.id for talk in page.data] == [talk.id for talk in reversed(talks)], "it is no activity"


async def test_all_are_deleted_with_what_belongs_to_them(world: World, database: Database) -> None:
    talks, theirs = [await world.new() for _ in range(3)], await world.new("eve", items=[said("of eve")])
    done = await world.turn(talks[0], "secret one", "secret two")
    share = await world.services.sharing.create("ada", talks[0].id)
    await world.conversations.update("ada", talks[1].id, archived=True)
    running = [await world.asked(talk, "secret three") for talk in talks[1:]]
    await world.services.collection.delete("ada", 3)
    assert world.responses.cancelled == [request.response_id for request in running]
    for request in running:  # what is saved of it afterwards, and by a recorder that was late
        world.answered(request, "secret four", "incomplete")
        await world.saved(request)
    assert await world.services.collection.count("ada") == (0, 0)
    assert (await world.conversations.get("eve", theirs.id)).id == theirs.id
    for name in (done, *[request.response_id for request in running]):
        assert await world.repository.is_deleted(name)
    with pytest.raises(NotFound):
        await world.services.sharing.read(share.token, Window())
    assert await world.services.search.search("ada", "secret", 20) == []
    assert [await rows(database, table) for table in (TurnRow, ItemRow, ShareRow)] == [1, 1, 0], "eve's turn"
    async with database.session() as session:
        assert [row.response for row in await session.scalars(select(ResponseRow))] == [{}] * 3
    await world.services.collection.delete("ada", 0)


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_nothing_is_deleted_where_there_are_not_so_many(world: World, count: int) -> None:
    talks = [await world.new() for _ in range(2)]
    turn = await world.turn(talks[0], "one", "two")
    running = await world.asked(talks[1], "three")
    with pytest.raises(BadRequest) as refused:
        await world.services.collection.delete("ada", count)
    assert (refused.value.code, refused.value.param) == (Code.COUNT_DIFFERS, "count")
    assert await world.services.collection.count("ada") == (2, 0)
    assert (await world.conversations.get("ada", talks[0].id)).active_turn_id == turn
    assert world.responses.cancelled == []
    assert (await world.conversations.get("ada", talks[1].id)).running == [running.response_id]


async def test_what_cannot_be_stopped_is_deleted_all_the_same(world: World) -> None:
    for _ in range(2):
        await world.asked(await world.new(), "x")
    world.responses.error = RelayAway()
    await world.services.collection.delete("ada", 2)
    assert len(world.responses.cancelled) == 2
    assert await world.services.collection.count("ada") == (0, 0)


async def test_however_many_there_are_it_costs_as_many_statements(world: World, database: Database) -> None:
    for _ in range(5):
        talk = await world.new(items=[said("x")])
        await world.turn(talk, "a", "b")
        await world.services.sharing.create("ada", talk.id)
    statements: list[str] = []
    event.listen(
        database.engine.sync_engine, "before_cursor_execute",
        lambda connection, cursor, statement, *rest: statements.append(statement))
    collection = world.services.collection
    for call, most in ((collection.count("ada"), 1), (collection.archive("ada"), 1), (collection.delete("ada", 5), 4)):
        statements.clear()
        await call
        assert len(statements) == most, statements


async def test_a_database_that_is_away_is_told_as_such(world: World, database: Database) -> None:
    await database.close()
    repository = ConversationRepository(Database("sqlite+aiosqlite:////nowhere/at/all.db", database.lock_path))
    world.services.collection.conversations = repository
    collection = world.services.collection
    for call in (collection.count("ada"), collection.archive("ada"), collection.delete("ada", 1)):
        with pytest.raises(ApiError) as refused:
            await call
        assert refused.value.code is Code.HISTORY_UNAVAILABLE
