"""Conversations taken out, as Markdown or JSON, and brought in again from that JSON; responses taken out."""
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

from server.common import ids
from server.common.errors import BadRequest, Code, NotFound
from server.conversations.branch_repository import BranchRepository
from server.conversations.conversation_repository import ConversationRepository
from server.conversations.mappers import plain, with_ids
from server.conversations.markdown import markdown
from server.conversations.reaching import reaching_history
from server.conversations.repository import ResponseRepository
from server.conversations.requests import ConversationImport
from server.conversations.schemas import Conversation, StoredResponse, Turn, TurnStatus
from server.conversations.service import ConversationService
from server.conversations.shapes import Shapes
from server.conversations.tree import ConversationTree

VERSION = 1
RESPONSES_AT_ONCE = 10  # each may hold all that a model can be given
MAX_ITEMS = 1000  # of one imported turn


class Exchange:
    """All raise ApiError."""

    def __init__(
        self, *, conversations: ConversationService, repository: ConversationRepository, branches: BranchRepository,
        responses: ResponseRepository, tree: ConversationTree, shapes: Shapes,
    ) -> None:
        self.conversations, self.repository, self.branches = conversations, repository, branches
        self.responses, self.tree, self.shapes = responses, tree, shapes

    async def markdown(self, user: str, conversation_id: str, leaf: str | None = None) -> str:
        """The active branch, or the one that ends with `leaf`."""
        conversation = await self.conversations.get(user, conversation_id)
        with reaching_history():
            branch = await self.branches.branch(user, conversation_id, leaf)
        return markdown(conversation, [await self.tree.shown(user, turn) for turn in branch])

    async def export(self, user: str, conversation_id: str) -> dict[str, Any]:
        """The whole tree, so that `bring_in` can make it again."""
        conversation = await self.conversations.get(user, conversation_id)
        with reaching_history():
            turns = await self.branches.all_turns(user, conversation_id)
        return {
            "object": "parley:conversation.export",
            "version": VERSION,
            "id": conversation.id,
            "title": conversation.title,
            "metadata": conversation.metadata,
            "created_at": conversation.created_at,
            "updated_at": conversation.updated_at,
            "pinned": conversation.pinned,
            "archived": conversation.archived,
            "active_turn_id": conversation.active_turn_id,
            "turns": [_exported(await self.tree.shown(user, turn)) for turn in turns],
        }

    async def everything(self, user: str) -> AsyncIterator[dict[str, Any]]:
        """Each conversation's export, the oldest first; those that are deleted meanwhile are left out."""
        with reaching_history():
            names = await self.repository.ids(user)
        for name in names:
            try:
                yield await self.export(user, name)
            except NotFound:
                continue

    async def responses_alone(self, user: str) -> AsyncIterator[dict[str, Any]]:
        """Those that belong to no conversation, the oldest first, each with what was asked for it."""
        last: StoredResponse | None = None
        while True:
            with reaching_history():
                found = await self.responses.alone(user, last, RESPONSES_AT_ONCE)
            for last in found:
                yield {
                    "object": "parley:response.export", "response": last.response,
                    "input_items": self.shapes.own(last.request)}
            if len(found) < RESPONSES_AT_ONCE:
                return

    async def bring_in(self, user: str, given: ConversationImport) -> Conversation:
        """A copy of the user's own, under new ids. Its answers are no responses: their streams were not brought along.

        Raises BadRequest for what is no tree, or holds what no item can be.
        """
        names = {turn.id: ids.turn_id() for turn in given.turns}
        _check_tree(given)
        name = ids.conversation_id()
        turns = []
        for place, turn in enumerate(given.turns):
            items = self.shapes.given(turn.items, f"turns[{place}].items", MAX_ITEMS)
            status: TurnStatus = "incomplete" if turn.status == "in_progress" else turn.status
            new = names[turn.id]
            turns.append(Turn(
                new, name, names[turn.parent_id] if turn.parent_id else None, status, turn.created_at,
                plain(turn.model), with_ids(new, items)))
        newest = max(given.turns, key=lambda turn: turn.created_at, default=None)
        active = given.active_turn_id or (newest.id if newest else "")
        title = " ".join(plain(given.title).split())
        made = Conversation(
            name, user, given.created_at, given.updated_at, title, "user" if title else "",
            given.metadata or {}, given.pinned, given.archived, names.get(active))
        with reaching_history():
            await self.repository.create(made, turns)
        return made


def _exported(turn: Turn) -> dict[str, Any]:
    return {
        "id": turn.id,
        "parent_id": turn.parent_id,
        "response_id": turn.response_id,
        "status": turn.status,
        "model": turn.model,
        "created_at": turn.created_at,
        "items": turn.items,
    }


def _check_tree(given: ConversationImport) -> None:
    """Each turn once, behind one that there is, and all of them reached from a first one."""
    known = {turn.id for turn in given.turns}
    if len(known) < len(given.turns):
        raise BadRequest(Code.INVALID_VALUE, "`turns` should have each id once.", "turns")
    children: dict[str | None, list[str]] = defaultdict(list)
    for place, turn in enumerate(given.turns):
        if turn.parent_id is not None and turn.parent_id not in known:
            path = f"turns[{place}].parent_id"
            raise BadRequest(Code.INVALID_VALUE, f"`{path}` names no turn of this conversation.", path)
        children[turn.parent_id].append(turn.id)
    reached, left = 0, list(children[None])
    while left:
        reached += 1
        left += children[left.pop()]
    if reached < len(known):
        raise BadRequest(
            Code.INVALID_VALUE, "`turns` should be a tree; some of them follow each other in a ring.", "turns")
    if given.active_turn_id is not None and given.active_turn_id not in known:
        raise BadRequest(Code.INVALID_VALUE, "`active_turn_id` names no turn of this conversation.", "active_turn_id")
