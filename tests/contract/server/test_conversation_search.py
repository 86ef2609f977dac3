"""What was said is found again, on every database, and a query is nothing but words."""
import pytest

from server.common.database import Database
from server.common.errors import BadRequest
from server.conversations.schemas import Hit
from tests.contract.server.conversation_world import World, said


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def found(world: World, query: str, user: str = "ada") -> list[str]:
    return [hit.conversation.id for hit in await world.services.search.search(user, query, 20)]


def marked(hit: Hit) -> str:
    return "".join(f"[{part.text}]" if part.match else part.text for part in hit.snippet)


async def test_finds_what_was_asked_and_answered(world: World) -> None:
    talk, other = await world.new(), await world.new()
    turn = await world.turn(talk, "How tall is the Matterhorn?", "It rises to 4,478 metres above the sea.")
    await world.turn(other, "What of the sea?", "It is deep.")
    [hit] = await world.services.search.search("ada", "metres ABOVE", 20)
    assert (hit.conversation.id, hit.turn_id) == (talk.id, turn)
    assert hit.item_id is not None
    assert (await world.conversations.item("ada", talk.id, hit.item_id))["role"] == "assistant"
    assert "4,478 [metres] [above]" in marked(hit)
    assert set(await found(world, "sea")) == {talk.id, other.id}
    assert await found(world, "matter") == [talk.id], "the beginning of a word is enough"
    assert await found(world, "Matterhorn deep") == []


async def test_finds_by_title_and_each_conversation_once(world: World) -> None:
    talk = await world.new(title="Mountains of the moon")
    turn = await world.turn(talk, "mountains", "mountains and mountains")
    [hit] = await world.services.search.search("ada", "moon", 20)
    assert (hit.turn_id, hit.item_id, marked(hit)) == (None, None, "Mountains of the [moon]")
    [hit] = await world.services.search.search("ada", "mountains", 20)
    assert hit.turn_id == turn, "the title holds it, too, but the message is where one wants to be led"
    assert hit.item_id is not None
    assert "[mountains]" in marked(hit)
    await world.conversations.rename("ada", talk.id, "Hills")
    [hit] = await world.services.search.search("ada", "mountains", 20)
    assert hit.item_id is not None
    assert await found(world, "hills") == [talk.id]


async def test_what_is_deleted_or_somebody_elses_is_not_found(world: World) -> None:
    talk, theirs = await world.new(), await world.new("eve", items=[said("a zebra of mine")], title="zebra")
    turn = await world.turn(talk, "a zebra", "a zebra indeed")
    assert await found(world, "zebra") == [talk.id]
    assert await found(world, "zebra", "eve") == [theirs.id]
    [found_turn] = await world.conversations.siblings("ada", talk.id, turn)
    for item in found_turn.items:
        await world.conversations.delete_item("ada", talk.id, item["id"])
    await world.conversations.rename("ada", talk.id, "x")
    assert await found(world, "zebra") == []
    await world.conversations.delete("eve", theirs.id)
    assert await found(world, "zebra", "eve") == []


@pytest.mark.parametrize("query", [
    '"', "'", "\\", '"quoted', "a:b", "NEAR(a b)", "a AND", "OR", "NOT x", "col:umn", "*", "x*", "(", "a & | ! b", "-x",
    "^x", "{a b}: c", "\0", "x\0y", "%", "''", "\\'", "<->", "🦊", "a" * 400, "\ud83e", "x' OR '1'='1", " \t\n ",
])
async def test_no_query_means_anything_but_its_words(world: World, query: str) -> None:
    await world.new(items=[said("quite another thing")])
    assert await found(world, query) == []


async def test_operators_are_words(world: World) -> None:
    talk = await world.new(items=[said("black AND white, not grey: it's \"so\"")])
    for query in ("AND", "black and white", "NOT", "it's", '"so"', "grey:", "white,"):
        assert await found(world, query) == [talk.id], query


async def test_too_long_a_query_is_refused(world: World) -> None:
    with pytest.raises(BadRequest, match="at most"):
        await found(world, "x" * 501)


async def test_what_a_text_holds_cannot_pass_for_a_match(world: World) -> None:
    await world.new(items=[said("some \x02other\x03 words here")])
    [hit] = await world.services.search.search("ada", "words", 20)
    assert [part.text for part in hit.snippet if part.match] == ["words"]


async def test_a_very_long_message_is_found_by_its_beginning(world: World) -> None:
    talk = await world.new(items=[said("needle " + " ".join(f"w{number}" for number in range(150_000)))])
    assert await found(world, "needle") == [talk.id]
