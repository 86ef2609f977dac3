"""Conversations: trees of turns, of which one branch is the active one."""
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, TypeVar

import strawberry
from strawberry.dataloader import DataLoader
from strawberry.scalars import JSON

from server.common.errors import BadRequest, Code
from server.graphql import ports
from server.graphql.context import Info
from server.graphql.loaders import Slice
from server.graphql.ports import Window
from server.graphql.types.items import Item, item, items
from server.graphql.types.nodes import DEFAULT_PAGE, MAX_PAGE, Connection, Edge, Node, PageInfo
from server.graphql.types.responses import Response, find_response, response, time

T = TypeVar("T")
First = Annotated[int, strawberry.argument(description=f"At most so many: 1 to {MAX_PAGE}.")]
After = Annotated[str | None, strawberry.argument(description="The cursor to go on behind.")]
Leaf = Annotated[
    strawberry.ID | None, strawberry.argument(description="The last turn of the branch; left out: the active branch.")]


@strawberry.enum
class Order(Enum):
    ASC = "asc"
    DESC = "desc"


@strawberry.enum(description="How far a turn has come.")
class TurnStatus(Enum):
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


@strawberry.type(description="A node of the tree: a response with what was asked for it, or items added by hand.")
class Turn:
    id: strawberry.ID = strawberry.field(description="A response's is the response's own.")
    conversation_id: strawberry.ID
    parent_id: strawberry.ID | None = strawberry.field(description="The turn that it follows; null for a first one.")
    status: TurnStatus
    created_at: datetime
    model: str | None
    items: list[Item] = strawberry.field(description="What was asked, and what was answered.")
    sibling_ids: list[strawberry.ID] = strawberry.field(
        description="All turns that follow the same one, oldest first: other questions, other answers.")

    @strawberry.field(description="The response that it is; null for items added by hand.")
    async def response(self, info: Info) -> Response | None:
        return await find_response(info, self.id) if self.id.startswith("resp_") else None


@strawberry.type(description="Nothing in it is overwritten: what is asked or answered anew is a sibling.")
class Conversation(Node):
    title: str
    created_at: datetime
    updated_at: datetime = strawberry.field(description="When something was last said in it.")
    pinned: bool
    archived: bool
    metadata: JSON
    active_turn_id: strawberry.ID | None = strawberry.field(description="The last turn of the active branch.")
    running_ids: strawberry.Private[Sequence[str]]

    @strawberry.field(description="What is being made in it, oldest first.")
    async def running(self, info: Info) -> list[Response]:
        found = await info.context.loaders.responses.load_many(self.running_ids)
        return [response(known.response) for known in found if known is not None]

    @strawberry.field(description="A branch's items, without those of an answer that is being made.")
    async def items(
            self, info: Info, first: First = DEFAULT_PAGE, after: After = None, order: Order = Order.ASC,
            leaf: Leaf = None) -> Connection[Item]:
        context, wanted = info.context, Slice(self.id, Window(_limit(first), order.value, after))
        page = await _of_branch(
            context.user.id, wanted, leaf, context.loaders.items, context.ports.conversations.items)
        edges = [Edge(node=item(raw), cursor=raw["id"]) for raw in page.data]
        return Connection(edges=edges, page_info=_page_info(edges, page.has_more, after))

    @strawberry.field(description="A branch's turns, each with its items.")
    async def turns(
            self, info: Info, first: First = DEFAULT_PAGE, after: After = None, order: Order = Order.ASC,
            leaf: Leaf = None) -> Connection[Turn]:
        context, wanted = info.context, Slice(self.id, Window(_limit(first), order.value, after))
        page = await _of_branch(
            context.user.id, wanted, leaf, context.loaders.turns, context.ports.conversations.turns)
        edges = [Edge(node=turn(read), cursor=read.id) for read in page.data]
        return Connection(edges=edges, page_info=_page_info(edges, page.has_more, after))


@strawberry.type(description="A piece of a text, and whether it is what was searched.")
class SnippetPart:
    text: str
    match: bool


@strawberry.type(description="A conversation that a search has found, by a message in it or by its title.")
class Hit:
    conversation: Conversation
    snippet: list[SnippetPart]
    item_id: strawberry.ID | None
    turn_id: strawberry.ID | None


def hit(read: ports.Hit) -> Hit:
    return Hit(
        conversation=conversation(read.conversation),
        snippet=[SnippetPart(text=part.text, match=part.match) for part in read.snippet],
        item_id=_id(read.item_id),
        turn_id=_id(read.turn_id),
    )


def conversation(read: ports.Conversation) -> Conversation:
    return Conversation(
        id=strawberry.ID(read.id),
        title=read.title,
        created_at=time(read.created_at),
        updated_at=time(read.updated_at),
        pinned=read.pinned,
        archived=read.archived,
        metadata=JSON(read.metadata),
        active_turn_id=_id(read.active_turn_id),
        running_ids=read.running,
    )


def turn(read: ports.Turn) -> Turn:
    return Turn(
        id=strawberry.ID(read.id),
        conversation_id=strawberry.ID(read.conversation_id),
        parent_id=_id(read.parent_id),
        status=TurnStatus(read.status),
        created_at=time(read.created_at),
        model=read.model or None,
        items=items(read.items),
        sibling_ids=[strawberry.ID(name) for name in read.siblings],
    )


async def find_conversation(info: Info, conversation_id: str) -> Conversation | None:
    """None if there is none that this user may see."""
    read = await info.context.loaders.conversations.load(conversation_id)
    return None if read is None else conversation(read)


def connection(
        page: ports.Page[ports.Conversation], after: str | None = None, before: str | None = None,
) -> Connection[Conversation]:
    edges = [Edge(node=conversation(read), cursor=read.id) for read in page.data]
    if before is None:
        return Connection(edges=edges, page_info=_page_info(edges, page.has_more, after))
    return Connection(edges=edges, page_info=_page_info(edges, True, "" if page.has_more else None))


async def _of_branch(
        user: str, wanted: Slice, leaf: str | None, loader: DataLoader[Slice, ports.Page[T]],
        read: Callable[[str, str, Window, str | None], Awaitable[ports.Page[T]]]) -> ports.Page[T]:
    """The active branch's beginning or end is read together with other conversations', any other piece by itself."""
    if wanted.window.after is None and leaf is None:
        return await loader.load(wanted)
    return await read(user, wanted.conversation_id, wanted.window, leaf)


def _limit(first: int) -> int:
    if not 1 <= first <= MAX_PAGE:
        raise BadRequest(Code.INVALID_VALUE, f"`first` should be 1 to {MAX_PAGE}; it is {first}.", "first")
    return first


def limit_of(first: int | None, last: int | None = None, before: str | None = None) -> int:
    """The size of a page that is asked for forwards or backwards. Raises BadRequest."""
    if last is None:
        return _limit(DEFAULT_PAGE if first is None else first)
    if first is not None or before is None:
        raise BadRequest(Code.INVALID_VALUE, "`last` goes with `before`, and not with `first`.", "last")
    return _limit(last)


def _page_info(edges: Sequence[Edge[Any]], has_more: bool, after: str | None) -> PageInfo:
    return PageInfo(
        has_next_page=has_more, has_previous_page=after is not None,
        start_cursor=edges[0].cursor if edges else None, end_cursor=edges[-1].cursor if edges else None)


def _id(name: str | None) -> strawberry.ID | None:
    return None if name is None else strawberry.ID(name)
