"""What is in a conversation: items, turns, branches and links to share it."""
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from server.auth.guards import CurrentUser
from server.common.answers import json_answer
from server.common.documented import JSON_BODY, documented
from server.common.errors import Code
from server.conversations import samples
from server.conversations.dependencies import Body, Conversations, ConversationSharing, ForwardWindow
from server.conversations.requests import BranchChoose, ItemsCreate, ShareCreate, parse
from server.conversations.resources import (
    conversation_field,
    deleted,
    items_field,
    list_field,
    page_field,
    share_field,
    turn_field,
)
from server.conversations.router import ConversationId
from server.conversations.schemas import Page

router = APIRouter(prefix="/v1/conversations/{conversation_id}", tags=["conversations"])
ItemId = Annotated[str, Path(max_length=128)]
TurnId = Annotated[str, Path(max_length=128)]
Token = Annotated[str, Path(max_length=128)]
Leaf = Annotated[str | None, Query(description="the last turn of the branch; without it, the active branch")]


@router.get("/items", openapi_extra=documented(*samples.ONE, Code.TURN_NOT_FOUND, answers=samples.ITEM_LIST))
async def list_items(
        conversation_id: ConversationId, user: CurrentUser, conversations: Conversations, window: ForwardWindow,
        leaf: Leaf = None) -> Response:
    """The items of a branch."""
    return json_answer(items_field(await conversations.items(user.id, conversation_id, window, leaf)))


@router.post("/items", openapi_extra=documented(
    *JSON_BODY, *samples.ONE, Code.UNSUPPORTED_PARAMETER, Code.CONVERSATION_LOCKED, Code.RELAY_UNAVAILABLE,
    body=ItemsCreate, examples={"a question": {"items": [samples.MESSAGE]}}, answers=samples.ITEM_LIST))
async def create_items(
        conversation_id: ConversationId, body: Body, user: CurrentUser, conversations: Conversations) -> Response:
    """Put items at the end of the active branch. They get ids of their own."""
    items = conversations.given(parse(ItemsCreate, body).items)
    return json_answer(items_field(Page(await conversations.add_items(user.id, conversation_id, items))))


@router.get("/items/{item_id}", openapi_extra=documented(*samples.ONE, Code.NOT_FOUND, answers=samples.ITEMS))
async def read_item(
        conversation_id: ConversationId, item_id: ItemId, user: CurrentUser, conversations: Conversations) -> Response:
    """One item, of whatever branch."""
    return json_answer(await conversations.item(user.id, conversation_id, item_id))


@router.delete("/items/{item_id}", openapi_extra=documented(
    *samples.ONE, Code.NOT_FOUND, answers=samples.CONVERSATIONS))
async def delete_item(
        conversation_id: ConversationId, item_id: ItemId, user: CurrentUser, conversations: Conversations) -> Response:
    """Take an item out of the conversation, and so out of what later turns are given."""
    return json_answer(conversation_field(await conversations.delete_item(user.id, conversation_id, item_id)))


@router.get("/turns", openapi_extra=documented(*samples.ONE, Code.TURN_NOT_FOUND, answers=samples.TURN_LIST))
async def list_turns(
        conversation_id: ConversationId, user: CurrentUser, conversations: Conversations, window: ForwardWindow,
        leaf: Leaf = None) -> Response:
    """A branch, turn by turn: each with its items, how it stands, and the ids of its siblings."""
    return json_answer(page_field(await conversations.turns(user.id, conversation_id, window, leaf), turn_field))


@router.get("/turns/{turn_id}/siblings", openapi_extra=documented(
    *samples.ONE, Code.TURN_NOT_FOUND, answers=samples.TURN_LIST))
async def list_siblings(
        conversation_id: ConversationId, turn_id: TurnId, user: CurrentUser, conversations: Conversations) -> Response:
    """All turns that follow the same turn as this one, oldest first."""
    return json_answer(list_field(await conversations.siblings(user.id, conversation_id, turn_id), turn_field))


@router.post("/branch", openapi_extra=documented(
    *JSON_BODY, *samples.ONE, Code.TURN_NOT_FOUND, body=BranchChoose,
    examples={"through a turn": {"turn_id": samples.TURN_ID}}, answers=samples.CONVERSATIONS))
async def choose_branch(
        conversation_id: ConversationId, body: Body, user: CurrentUser, conversations: Conversations) -> Response:
    """Make the newest branch through a turn the active one."""
    turn_id = parse(BranchChoose, body).turn_id
    return json_answer(conversation_field(await conversations.branch(user.id, conversation_id, turn_id)))


@router.get("/shares", openapi_extra=documented(*samples.ONE, answers=samples.SHARE_LIST))
async def list_shares(conversation_id: ConversationId, user: CurrentUser, sharing: ConversationSharing) -> Response:
    """The links to the conversation, newest first."""
    return json_answer(list_field(await sharing.of_conversation(user.id, conversation_id), share_field))


@router.post("/shares", openapi_extra=documented(
    *JSON_BODY, *samples.ONE, Code.TURN_NOT_FOUND, body=ShareCreate,
    examples={"the active branch": {}, "up to a turn": {"turn_id": samples.TURN_ID}}, answers=samples.SHARES))
async def create_share(
        conversation_id: ConversationId, body: Body, user: CurrentUser, sharing: ConversationSharing) -> Response:
    """Make a link by which anybody may read the active branch, or the one up to a turn, as it is now."""
    turn_id = parse(ShareCreate, body).turn_id
    return json_answer(share_field(await sharing.create(user.id, conversation_id, turn_id)))


@router.delete("/shares/{token}", openapi_extra=documented(
    *samples.ONE, Code.SHARE_NOT_FOUND,
    answers=[deleted("parley:conversation.share", samples.SHARE.token)]))
async def revoke_share(
        conversation_id: ConversationId, token: Token, user: CurrentUser, sharing: ConversationSharing) -> Response:
    """Take a link back."""
    await sharing.revoke(user.id, conversation_id, token)
    return json_answer(deleted("parley:conversation.share", token))
