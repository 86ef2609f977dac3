"""Gives conversations a title of the model's, when the model has nothing else to do; until then the question is it.

Nothing depends on it: what fails is left, and what waits when the gateway ends is forgotten.
"""
import asyncio
from collections import deque
from typing import Protocol

from loguru import logger

from relay.errors import RelayError
from server.common.clock import Clock
from server.common.database import UNREACHABLE, brief
from server.common.errors import ApiError
from server.conversations.mappers import plain, text_of
from server.conversations.schemas import Conversation, Turn

MAX_WAITING = 200  # beyond, the longest waiting is forgotten
LOOK_S = 2.0  # how often it is looked whether the model is idle
PATIENCE_S = 900.0  # after so long without a pause a conversation keeps its question
MAX_TITLE_CHARACTERS = 80
MAX_TOLD_CHARACTERS = 1000  # of the question and of the answer
PROMPT = (
    "Give this conversation a title of two to six words, in its own language. Answer with the title alone.\n\n"
    "Question: {question}\n\nAnswer: {answer}\n\nTitle:")


class Model(Protocol):
    """Asks a model something on the side."""

    async def is_idle(self, model: str) -> bool:
        """Whether nobody waits for it. Raises RelayError."""

    async def ask(self, model: str, prompt: str) -> str:
        """A short answer that is kept nowhere. Raises ApiError, RelayError, TimeoutError."""


class Titles(Protocol):
    """Where titles are kept. Both raise what a driver raises when its database is away."""

    async def find(self, user: str, conversation_id: str) -> Conversation | None: ...
    async def entitle(self, user: str, conversation_id: str, title: str) -> None:
        """Unless somebody has given it another title meanwhile."""


class Titler:
    """`offer` it each turn that has ended."""

    def __init__(self, model: Model, titles: Titles, clock: Clock) -> None:
        self.model, self.titles, self.clock = model, titles, clock
        self._waiting: deque[tuple[str, Turn]] = deque(maxlen=MAX_WAITING)
        self._offered = asyncio.Event()

    def offer(self, user: str, turn: Turn) -> None:
        """Only a conversation's first turns give it a title."""
        if turn.parent_id is None and turn.status == "completed" and turn.model:
            self._waiting.append((user, turn))
            self._offered.set()

    async def run(self) -> None:
        """For ever: one after another, each when the model is idle."""
        while True:
            await self._offered.wait()
            self._offered.clear()
            while self._waiting:
                user, turn = self._waiting.popleft()
                try:
                    if await self._pause(turn.model):
                        await self.entitle(user, turn)
                except (ApiError, RelayError, TimeoutError) as error:
                    logger.debug("{} keeps its question as its title: {!r}", turn.conversation_id, error)
                except UNREACHABLE as error:
                    logger.debug("{} keeps its question as its title: {}", turn.conversation_id, brief(error))
                except Exception:  # this one's end: a title is worth no gateway
                    logger.exception("{} keeps its question as its title", turn.conversation_id)

    async def entitle(self, user: str, turn: Turn) -> None:
        """Ask the model now."""
        conversation = await self.titles.find(user, turn.conversation_id)
        if conversation is None or conversation.title_by != "question":
            return
        answer = await self.model.ask(turn.model, prompt_of(turn))
        if title := title_of(answer):
            await self.titles.entitle(user, turn.conversation_id, title)

    async def _pause(self, model: str) -> bool:
        """Wait until the model is idle; False if it never is."""
        limit = self.clock.monotonic() + PATIENCE_S
        while self.clock.monotonic() < limit:
            await self.clock.sleep(LOOK_S)
            if await self.model.is_idle(model):
                return True
        return False


def prompt_of(turn: Turn) -> str:
    said = {"user": "", "assistant": ""}
    for item in turn.items:
        if item.get("role") in said:
            said[item["role"]] += text_of(item) + "\n"
    question, answer = (said[role].strip()[:MAX_TOLD_CHARACTERS] for role in ("user", "assistant"))
    return PROMPT.format(question=question, answer=answer)


def title_of(answer: str) -> str:
    """The first line that says something, without what models like to put around it; empty if that is no title."""
    for line in plain(answer).splitlines():
        text = line.strip().strip("#*_`\"'“”„«» ").removeprefix("Title:").strip("*_`\"'“”„«» .")
        if any(character.isalnum() for character in text):
            return " ".join(text.split()) if len(text) <= MAX_TITLE_CHARACTERS else ""
    return ""
