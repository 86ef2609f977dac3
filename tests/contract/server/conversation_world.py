"""Conversations over a real database, with responses that begin and end at a word."""
from dataclasses import dataclass, field
from typing import Any

from relay.errors import RelayAway
from relay.job import Request
from server.common.database import Database
from server.conversations.parts import ConversationServices, make_conversations
from server.conversations.repository import ResponseRepository
from server.conversations.schemas import Conversation, Item, StoredResponse
from server.responses import conversation_items
from tests.unit.server.clock import FakeClock

MAX_INPUT_BYTES = 10_000


def said(text: str, role: str = "user") -> Item:
    kind = "output_text" if role == "assistant" else "input_text"
    return {"type": "message", "role": role, "content": [{"type": kind, "text": text}]}


def texts(items: list[Item]) -> list[str]:
    return [item["content"][0]["text"] for item in items]


@dataclass
class FakeHistory:
    """What the relay knows: what runs, and what has ended and is not saved yet."""

    running: set[str] = field(default_factory=set)
    ended: dict[str, StoredResponse] = field(default_factory=dict)
    away: bool = False

    async def runs(self, response_id: str) -> bool:
        if self.away:
            raise RelayAway
        return response_id in self.running

    async def find(self, response_id: str, user: str) -> StoredResponse | None:
        if self.away:
            raise RelayAway
        return self.ended.get(response_id)


@dataclass
class FakeResponses:
    """Where responses are stopped."""

    cancelled: list[str] = field(default_factory=list)
    error: Exception | None = None

    async def cancel(self, user: str, response_id: str) -> None:
        self.cancelled.append(response_id)
        if self.error is not None:
            raise self.error


class World:
    """One gateway's conversations. Each turn comes a second after the one before."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock = database, FakeClock()
        self.history, self.responses = FakeHistory(), FakeResponses()
        self.repository = ResponseRepository(database)
        parts = make_conversations(
            database, self.repository, self.history, conversation_items, self.clock, MAX_INPUT_BYTES)
        self.tree = parts.tree
        self.services: ConversationServices = parts.services(self.responses)
        self.conversations = self.services.conversations
        self.count = 0

    async def new(self, user: str = "ada", **fields: Any) -> Conversation:
        self.tick()
        return await self.conversations.create(user, **fields)

    async def asked(
            self, conversation: Conversation, question: str, parent: str | None = None, begin: bool = True) -> Request:
        """A response that has begun behind `parent`, or at the end of the active branch."""
        self.tick()
        placed = await self.tree.place(conversation.user, conversation.id, parent)
        own = said(question)
        request = Request(
            f"resp_{self.count:04}", conversation.user, "tiny", self.clock.now(), [*placed.items, own], own_input=1,
            conversation=conversation.id, parent=placed.parent_id)
        self.history.running.add(request.response_id)
        if begin:
            await self.tree.begin(request)
        return request

    def answered(self, request: Request, answer: str, status: str = "completed") -> dict[str, Any]:
        """It has ended, and is not saved yet."""
        self.tick()
        name = f"msg_{request.response_id[5:]}"
        part = {"type": "output_text", "text": answer, "annotations": [], "logprobs": [{"token": "x", "logprob": -1.0}]}
        message = {"type": "message", "id": name, "status": "completed", "role": "assistant", "content": [part]}
        response = {"id": request.response_id, "status": status, "output": [message] if answer else []}
        self.history.running.discard(request.response_id)
        self.history.ended[request.response_id] = StoredResponse(request, response)
        return response

    async def saved(self, request: Request) -> None:
        """What the recorder does with what has ended."""
        response = self.history.ended.pop(request.response_id).response
        await self.repository.save(request, response, [])
        await self.tree.end(request, response)

    async def turn(
            self, conversation: Conversation, question: str, answer: str, parent: str | None = None,
            status: str = "completed") -> str:
        """A whole turn; its id."""
        request = await self.asked(conversation, question, parent)
        self.answered(request, answer, status)
        await self.saved(request)
        return request.response_id

    def tick(self) -> None:
        self.count += 1
        self.clock.at += 1
