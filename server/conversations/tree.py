"""Responses as turns of conversations: where a new one goes, and what is kept of it from its beginning to its end.

What is not saved yet is asked for where it is: the relay has it until the recorder has saved it.
"""
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

from loguru import logger

from relay.errors import RelayError
from relay.job import Request
from server.common.clock import Clock
from server.common.database import UNREACHABLE, brief
from server.common.errors import Code, LimitReached, NotFound, TooLarge
from server.conversations.branch_repository import BranchRepository
from server.conversations.mappers import first_title, kept_item, with_ids
from server.conversations.reaching import reaching_history
from server.conversations.repository import ResponseRepository
from server.conversations.schemas import Conversation, Placed, StoredResponse, Turn
from server.conversations.shapes import Shapes
from server.conversations.tree_repository import TreeRepository

ACTIVE = None  # as a parent: the end of the active branch
FIRST = ""  # … and none at all

Told = Callable[[str, Turn], None]  # whose it is, and the turn


class History(Protocol):
    """Responses, wherever they are. Both raise RelayError."""

    async def find(self, response_id: str, user: str) -> StoredResponse | None:
        """One that has ended. Raises Unavailable."""

    async def runs(self, response_id: str) -> bool: ...


class Conversations(Protocol):
    """Whose conversation is whose."""

    async def find(self, user: str, conversation_id: str) -> Conversation | None: ...


class ConversationTree:
    """`on_end` is told of each turn that has ended. A branch over `max_branch_bytes`, as the database keeps it, is not
    even read to go on from.
    """

    def __init__(
        self, *, conversations: Conversations, branches: BranchRepository, turns: TreeRepository,
        responses: ResponseRepository, history: History, shapes: Shapes, clock: Clock, max_branch_bytes: int,
    ) -> None:
        self.conversations, self.branches, self.turns = conversations, branches, turns
        self.responses, self.history = responses, history
        self.shapes, self.clock, self.max_branch_bytes = shapes, clock, max_branch_bytes
        self.on_end: Told = lambda user, turn: None

    async def place(self, user: str, conversation_id: str, parent_id: str | None = ACTIVE) -> Placed:
        """Where a new turn goes: behind `parent_id`, behind the active branch, or (FIRST) beside the first turns.

        A failed response is no ground to go on from: behind an active branch that ends with one, the turn becomes its
        sibling. Raises NotFound, LimitReached (`conversation_locked`) if it would follow what is still being made,
        TooLarge, Unavailable, RelayError.
        """
        with reaching_history():
            branch = [] if parent_id == FIRST else await self._branch(user, conversation_id, parent_id)
            if not branch and await self.conversations.find(user, conversation_id) is None:
                raise no_conversation(conversation_id)
        if parent_id and not branch:
            raise no_turn(parent_id)
        branch = [await self.settled(user, turn) for turn in branch]
        if any(turn.status == "in_progress" for turn in branch):
            raise LimitReached(
                Code.CONVERSATION_LOCKED,
                "An answer is still being made in this branch; wait for its end, cancel it, or branch before it.",
                "conversation",
            )
        while branch and branch[-1].status == "failed":
            if parent_id:
                raise no_turn(parent_id)
            branch.pop()
        items = [self.shapes.context(item) for turn in branch if turn.status != "failed" for item in turn.items]
        return Placed(branch[-1].id if branch else FIRST, items)

    async def _branch(self, user: str, conversation_id: str, leaf: str | None) -> list[Turn]:
        if await self.branches.size(user, conversation_id, leaf) > self.max_branch_bytes:
            raise TooLarge(
                Code.INPUT_TOO_LARGE, "The branch is longer than a model may be given; branch before, or begin anew.",
                "conversation")
        return await self.branches.branch(user, conversation_id, leaf)

    async def begin(self, request: Request) -> None:
        """A response of a conversation was submitted. What cannot be written now, the recorder will."""
        turn = self._turn(request, "in_progress")
        try:
            await self.turns.begin(turn, first_title(turn.items))
        except UNREACHABLE as error:
            logger.warning("A turn is not visible in its conversation before its end: {}", brief(error))

    async def end(self, request: Request, response: dict[str, Any]) -> None:
        """It has ended, and is saved. In a conversation that was deleted meanwhile nothing is kept of it.

        Raises what a driver raises when its database is away.
        """
        begun = self._turn(request, response["status"])
        turn = replace(begun, items=[*begun.items, *map(kept_item, response["output"])])
        now = self.clock.now()
        if await self.turns.end(turn, first_title(turn.items), now):
            self.on_end(request.user, turn)
        else:
            await self.responses.delete(request, now)

    async def settled(self, user: str, turn: Turn) -> Turn:
        """A turn as it stands now, though the database may not know that it has ended. Raises Unavailable, RelayError.

        What neither relay nor database knows any more was lost.
        """
        if turn.status != "in_progress" or await self.history.runs(turn.id):
            return turn
        stored = await self.history.find(turn.id, user)
        if stored is None:
            return replace(turn, status="failed")
        return replace(
            turn, status=stored.response["status"], items=[*turn.items, *map(kept_item, stored.output)])

    async def runs(self, response_id: str) -> bool:
        """Whether it is being made, as far as that can be known."""
        try:
            return await self.history.runs(response_id)
        except RelayError:
            return True

    async def shown(self, user: str, turn: Turn) -> Turn:
        """The same, and as the database has it while the relay is away."""
        try:
            return await self.settled(user, turn)
        except RelayError:
            return turn

    def _turn(self, request: Request, status: Any) -> Turn:
        items = with_ids(request.response_id, self.shapes.own(request))
        return Turn(
            request.response_id, request.conversation, request.parent or None, status, request.created_at,
            request.model, items)


def no_conversation(conversation_id: str) -> NotFound:
    return NotFound(
        Code.CONVERSATION_NOT_FOUND, f"There is no conversation `{conversation_id[:128]}` of yours.", "conversation")


def no_turn(turn_id: str) -> NotFound:
    return NotFound(
        Code.TURN_NOT_FOUND,
        f"There is no turn `{turn_id[:128]}` in this conversation to go on from: it is unknown, or has failed.", "turn")
