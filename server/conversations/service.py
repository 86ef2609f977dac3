"""What can be done with conversations. Knows no HTTP, no SQL and no Redis.

Whose they are is checked in everything: somebody else's conversation is one that does not exist.
"""
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from loguru import logger

from relay.errors import RelayError
from server.common import ids
from server.common.clock import Clock
from server.common.errors import ApiError, Code, NotFound
from server.conversations.branch_repository import BranchRepository
from server.conversations.conversation_repository import ConversationRepository
from server.conversations.mappers import first_title, with_ids
from server.conversations.reaching import reaching_history
from server.conversations.schemas import Conversation, Item, Page, Turn, Window
from server.conversations.shapes import Shapes
from server.conversations.tree import ConversationTree, no_conversation, no_turn
from server.conversations.tree_repository import TreeRepository

MAX_ITEMS = 20  # that are added at once, as OpenAI's API has it


class Responses(Protocol):
    """Where responses are made."""

    async def cancel(self, user: str, response_id: str) -> None:
        """Raises ApiError, RelayError."""


async def stop(responses: Responses, user: str, response_ids: Iterable[str]) -> None:
    """What is being made in conversations that are deleted."""
    for response_id in response_ids:
        try:
            await responses.cancel(user, response_id)
        except (ApiError, RelayError) as error:  # it ends by itself, and is then kept nowhere
            logger.debug("{} of a deleted conversation goes on: {!r}", response_id, error)


class ConversationService:
    """All methods raise ApiError: NotFound for what is not the user's, Unavailable while the database is away.

    `user` is always the id of who asks.
    """

    def __init__(
        self, *, conversations: ConversationRepository, branches: BranchRepository, turns: TreeRepository,
        tree: ConversationTree, responses: Responses, shapes: Shapes, clock: Clock,
    ) -> None:
        self.conversations, self.branches, self.writer = conversations, branches, turns
        self.tree, self.responses, self.shapes, self.clock = tree, responses, shapes, clock

    def given(self, items: Any) -> list[Item]:
        """Items that a client has sent for `create` and `add_items`, checked. Raises BadRequest."""
        return self.shapes.given([] if items is None else items, "items", MAX_ITEMS)

    async def create(
        self, user: str, *, items: Sequence[Item] = (), metadata: dict[str, str] | None = None, title: str = ""
    ) -> Conversation:
        """A new one. With items it begins with a turn of these; they get ids of their own."""
        now = self.clock.now()
        made = Conversation(ids.conversation_id(), user, now, now, title, "user" if title else "", metadata or {})
        turns = [self._by_hand(made.id, None, items)] if items else []
        if turns:
            made = replace(made, active_turn_id=turns[0].id)
        if not title and (question := first_title(items)):
            made = replace(made, title=question, title_by="question")
        with reaching_history():
            await self.conversations.create(made, turns)
        return made

    async def get(self, user: str, conversation_id: str) -> Conversation:
        with reaching_history():
            found = await self.conversations.find(user, conversation_id)
        if found is None:
            raise no_conversation(conversation_id)
        return replace(found, running=[name for name in found.running if await self.tree.runs(name)])

    async def get_many(self, user: str, conversation_ids: Iterable[str]) -> dict[str, Conversation]:
        """Those that there are, by id: one SQL statement."""
        with reaching_history():
            return await self.conversations.find_many(user, conversation_ids)

    async def page(
        self, user: str, window: Window, *, archived: bool | None = None, pinned: bool | None = None
    ) -> Page[Conversation]:
        """Those in which something happened last come first. One SQL statement, and one for each cursor."""
        with reaching_history():
            return await self.conversations.page(user, window, archived=archived, pinned=pinned)

    async def update(self, user: str, conversation_id: str, **changes: Any) -> Conversation:
        """`changes`: title, metadata, pinned, archived. They are no activity: its place in the list stays."""
        if "title" in changes:
            changes["title_by"] = "user"
        with reaching_history():
            if changes and not await self.conversations.update(user, conversation_id, changes):
                raise no_conversation(conversation_id)
        return await self.get(user, conversation_id)

    async def rename(self, user: str, conversation_id: str, title: str) -> Conversation:
        return await self.update(user, conversation_id, title=title)

    async def delete(self, user: str, conversation_id: str) -> None:
        """With the text of all its responses. What is being made in it is stopped."""
        running = (await self.get(user, conversation_id)).running
        with reaching_history():
            if not await self.conversations.delete(user, conversation_id, self.clock.now()):
                raise no_conversation(conversation_id)
        await stop(self.responses, user, running)

    async def turns(self, user: str, conversation_id: str, window: Window, leaf: str | None = None) -> Page[Turn]:
        """The active branch, or the one that ends with `leaf`: each turn with its items and its siblings' ids.

        Two SQL statements, and one for a cursor.
        """
        with reaching_history():
            page = await self.branches.turns(user, conversation_id, window, leaf)
        if not page.data:
            await self._check_leaf(user, conversation_id, leaf)
        return replace(page, data=[await self.tree.shown(user, turn) for turn in page.data])

    async def siblings(self, user: str, conversation_id: str, turn_id: str) -> list[Turn]:
        """All that follow the same turn as this one, itself among them, oldest first. Two SQL statements."""
        with reaching_history():
            found = await self.branches.siblings(user, conversation_id, turn_id)
        if not found:
            await self._check_leaf(user, conversation_id, turn_id)
        return [await self.tree.shown(user, turn) for turn in found]

    async def branch(self, user: str, conversation_id: str, turn_id: str) -> Conversation:
        """Make the newest branch through this turn the active one."""
        with reaching_history():
            last = await self.writer.activate(user, conversation_id, turn_id)
        if last is None:
            await self._check_leaf(user, conversation_id, turn_id)
        return await self.get(user, conversation_id)

    async def items(self, user: str, conversation_id: str, window: Window, leaf: str | None = None) -> Page[Item]:
        """A branch's items, without those of an answer that is not saved yet. One SQL statement, and one for a cursor.
        """
        with reaching_history():
            page = await self.branches.items(user, conversation_id, window, leaf)
        if not page.data:
            await self._check_leaf(user, conversation_id, leaf)
        return page

    async def items_of_many(
            self, user: str, conversation_ids: Sequence[str], window: Window) -> dict[str, Page[Item]]:
        """By conversation the first items of its active branch; none of what is not the user's. One SQL statement."""
        with reaching_history():
            return await self.branches.items_of_many(user, conversation_ids, window)

    async def turns_of_many(
            self, user: str, conversation_ids: Sequence[str], window: Window) -> dict[str, Page[Turn]]:
        """By conversation the first turns of its active branch; none of what is not the user's. Two SQL statements."""
        with reaching_history():
            found = await self.branches.turns_of_many(user, conversation_ids, window)
        return {
            name: replace(page, data=[await self.tree.shown(user, turn) for turn in page.data])
            for name, page in found.items()
        }

    async def item(self, user: str, conversation_id: str, item_id: str) -> Item:
        """Of any branch."""
        with reaching_history():
            found = await self.branches.item(user, conversation_id, item_id)
        if found is None:
            raise await self._no_item(user, conversation_id, item_id)
        return found

    async def add_items(self, user: str, conversation_id: str, items: Sequence[Item]) -> list[Item]:
        """Put them at the end of the active branch, under ids of their own. Raises LimitReached while that grows."""
        placed = await self.tree.place(user, conversation_id)
        turn = self._by_hand(conversation_id, placed.parent_id or None, items)
        with reaching_history():
            if not await self.writer.begin(turn, first_title(turn.items)):
                raise no_conversation(conversation_id)
        return turn.items

    async def delete_item(self, user: str, conversation_id: str, item_id: str) -> Conversation:
        """Take it out of the conversation, and so of what later turns are given. Its response stays as it is."""
        with reaching_history():
            deleted = await self.writer.delete_item(user, conversation_id, item_id)
        if not deleted:
            raise await self._no_item(user, conversation_id, item_id)
        return await self.get(user, conversation_id)

    def _by_hand(self, conversation_id: str, parent_id: str | None, items: Sequence[Item]) -> Turn:
        name = ids.turn_id()
        return Turn(
            name, conversation_id, parent_id, "completed", self.clock.now(), items=with_ids(name, items))

    async def _check_leaf(self, user: str, conversation_id: str, turn_id: str | None) -> None:
        """Nothing was found: is there no such conversation, no such turn, or just nothing in it? Raises NotFound."""
        await self.get(user, conversation_id)
        if turn_id is not None:
            with reaching_history():
                if await self.branches.turn(user, conversation_id, turn_id) is None:
                    raise no_turn(turn_id)

    async def _no_item(self, user: str, conversation_id: str, item_id: str) -> NotFound:
        await self.get(user, conversation_id)
        return NotFound(Code.NOT_FOUND, f"There is no item `{item_id[:128]}` in this conversation.", "item_id")
