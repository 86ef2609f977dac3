"""A title is made when the model is idle, and nothing else depends on it."""
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from relay.errors import RelayAway
from server.conversations.schemas import Conversation, Turn
from server.conversations.titler import MAX_WAITING, Titler, prompt_of, title_of
from tests.unit.server.clock import FakeClock

ITEMS = [
    {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "How tall is it?"}]},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "4,478 metres."}]},
]
ASKED = Conversation("conv_1", "ada", 1.0, 1.0, "How tall is it?", "question")
TURN = Turn("resp_1", "conv_1", None, "completed", 1.0, "tiny", ITEMS)


@dataclass
class FakeModel:
    busy: int = 0  # so often it is
    errors: list[Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def is_idle(self, model: str) -> bool:
        assert model == "tiny"
        self.busy -= 1
        return self.busy < 0

    async def ask(self, model: str, prompt: str) -> str:
        self.asked.append(prompt)
        if self.errors:
            raise self.errors.pop()
        return '"The Matterhorn"\nand more'


@dataclass
class FakeTitles:
    conversation: Conversation | None = ASKED
    given: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def find(self, user: str, conversation_id: str) -> Conversation | None:
        return self.conversation

    async def entitle(self, user: str, conversation_id: str, title: str) -> None:
        self.given.append(title)
        self.changed.set()


class World:
    def __init__(self) -> None:
        self.model, self.titles, self.clock = FakeModel(), FakeTitles(), FakeClock()
        self.titler = Titler(self.model, self.titles, self.clock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.titler.run())
        async with asyncio.timeout(10):
            yield
        task.cancel()


@pytest.fixture
def world() -> World:
    return World()


async def test_waits_until_the_model_is_idle(world: World) -> None:
    world.model.busy = 3
    began = world.clock.now()
    async with world.running():
        world.titler.offer("ada", TURN)
        await world.titles.changed.wait()
    assert world.titles.given == ["The Matterhorn"]
    assert world.clock.now() - began == 8.0
    assert world.model.asked == [prompt_of(TURN)]
    assert "How tall is it?" in world.model.asked[0]
    assert "4,478 metres." in world.model.asked[0]


@pytest.mark.parametrize("turn", [
    replace(TURN, parent_id="resp_0"), replace(TURN, status="incomplete"), replace(TURN, model="")])
async def test_only_a_first_turn_that_was_answered_gives_a_title(world: World, turn: Turn) -> None:
    async with world.running():
        world.titler.offer("ada", turn)
        world.titler.offer("ada", TURN)
        await world.titles.changed.wait()
    assert len(world.model.asked) == 1


@pytest.mark.parametrize("error", [RelayAway(), TimeoutError(), OSError("the database is away"), ZeroDivisionError()])
async def test_what_fails_is_left(world: World, error: Exception) -> None:
    world.model.errors.append(error)
    async with world.running():
        world.titler.offer("ada", TURN)
        world.titler.offer("ada", TURN)
        await world.titles.changed.wait()
    assert world.titles.given == ["The Matterhorn"]


async def test_a_title_of_somebodys_own_stays(world: World) -> None:
    for conversation in (None, Conversation("conv_1", "ada", 1.0, 1.0, "Mine", "user")):
        world.titles.conversation = conversation
        await world.titler.entitle("ada", TURN)
    assert world.model.asked == []


async def test_a_model_that_is_never_idle_is_not_asked(world: World) -> None:
    world.model.busy = 10_000
    async with world.running():
        world.titler.offer("ada", TURN)
        while world.model.busy > 9_600:  # noqa: ASYNC110 - nobody sets an event for what is not done
            await asyncio.sleep(0)
    assert world.model.asked == []
    assert world.clock.now() < 1_700_000_000 + 2_000


async def test_what_waits_is_bounded(world: World) -> None:
    for _ in range(MAX_WAITING + 50):
        world.titler.offer("ada", TURN)
    assert len(world.titler._waiting) == MAX_WAITING


@pytest.mark.parametrize(("answer", "title"), [
    ("The Matterhorn", "The Matterhorn"),
    ('\n\n"The Matterhorn."\n', "The Matterhorn"),
    ("**Title: The  Matterhorn**", "The Matterhorn"),
    ("# Das Matterhorn", "Das Matterhorn"),
    ("", ""),
    ("...\n—", ""),
    ("word " * 40, ""),
    ("bell \x07 and half a pair \ud83e", "bell and half a pair"),
])
def test_a_title_is_one_short_line(answer: str, title: str) -> None:
    assert title_of(answer) == title
