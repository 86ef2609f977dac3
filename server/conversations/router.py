"""`/v1/conversations` in OpenAI's shape, and what we add: lists, search, pins, export and import."""
from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from server.auth.guards import CurrentUser
from server.common.answers import json_answer
from server.common.documented import JSON_BODY, documented
from server.common.errors import Code
from server.conversations import samples
from server.conversations.dependencies import (
    Body,
    ConversationExchange,
    Conversations,
    ConversationSearch,
    PageWindow,
)
from server.conversations.requests import ConversationCreate, ConversationImport, ConversationUpdate, parse
from server.conversations.resources import conversation_field, deleted, hit_field, list_field, page_field

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])
ConversationId = Annotated[str, Path(max_length=128)]


@router.post("", openapi_extra=documented(
    *JSON_BODY, Code.UNSUPPORTED_PARAMETER, Code.HISTORY_UNAVAILABLE, body=ConversationCreate,
    examples={"an empty one": {}, "with items": {"items": [samples.MESSAGE], "metadata": {"topic": "geography"}}},
    answers=samples.CONVERSATIONS))
async def create_conversation(body: Body, user: CurrentUser, conversations: Conversations) -> Response:
    """Begin a conversation, empty or with items."""
    create = parse(ConversationCreate, body)
    made = await conversations.create(
        user.id, items=conversations.given(create.items), metadata=create.metadata, title=create.title or "")
    return json_answer(conversation_field(made))


@router.get("", openapi_extra=documented(Code.HISTORY_UNAVAILABLE, answers=samples.CONVERSATION_LIST))
async def list_conversations(
    user: CurrentUser,
    conversations: Conversations,
    window: PageWindow,
    archived: Annotated[bool | None, Query(description="only archived ones, or none of them")] = False,
    pinned: Annotated[bool | None, Query(description="only pinned ones, or none of them")] = None,
) -> Response:
    """Those in which something happened last come first."""
    page = await conversations.page(user.id, window, archived=archived, pinned=pinned)
    return json_answer(page_field(page, conversation_field))


@router.get("/search", openapi_extra=documented(Code.HISTORY_UNAVAILABLE, answers=samples.HITS))
async def search_conversations(
    user: CurrentUser, search: ConversationSearch, query: str, limit: Annotated[int, Query(ge=1, le=50)] = 20,
) -> Response:
    """Conversations that hold all words of `query`, or words that begin so, in their title or in one message."""
    return json_answer(list_field(await search.search(user.id, query, limit), hit_field))


@router.post("/import", openapi_extra=documented(
    *JSON_BODY, Code.UNSUPPORTED_PARAMETER, Code.HISTORY_UNAVAILABLE, body=ConversationImport,
    examples={"one turn": samples.EXPORT}, answers=samples.CONVERSATIONS))
async def import_conversation(body: Body, user: CurrentUser, exchange: ConversationExchange) -> Response:
    """Make a conversation of what `export` has given, under new ids."""
    return json_answer(conversation_field(await exchange.bring_in(user.id, parse(ConversationImport, body))))


@router.get("/{conversation_id}", openapi_extra=documented(*samples.ONE, answers=samples.CONVERSATIONS))
async def read_conversation(
        conversation_id: ConversationId, user: CurrentUser, conversations: Conversations) -> Response:
    """The conversation, and which responses are being made in it."""
    return json_answer(conversation_field(await conversations.get(user.id, conversation_id)))


@router.post("/{conversation_id}", openapi_extra=documented(
    *JSON_BODY, *samples.ONE, body=ConversationUpdate,
    examples={"another title": {"parley:title": "Capitals"}, "pinned": {"parley:pinned": True}},
    answers=samples.CONVERSATIONS))
async def update_conversation(
        conversation_id: ConversationId, body: Body, user: CurrentUser, conversations: Conversations) -> Response:
    """Change its metadata or title, pin or archive it."""
    changes = parse(ConversationUpdate, body).model_dump(exclude_none=True)
    return json_answer(conversation_field(await conversations.update(user.id, conversation_id, **changes)))


@router.delete("/{conversation_id}", openapi_extra=documented(
    *samples.ONE, answers=[deleted("conversation", samples.NAME)]))
async def delete_conversation(
        conversation_id: ConversationId, user: CurrentUser, conversations: Conversations) -> Response:
    """Forget it, with the text of all its responses; what is being made in it is stopped."""
    await conversations.delete(user.id, conversation_id)
    return json_answer(deleted("conversation", conversation_id))


@router.get("/{conversation_id}/export", openapi_extra=documented(*samples.ONE))
async def export_conversation(
    conversation_id: ConversationId,
    user: CurrentUser,
    exchange: ConversationExchange,
    format: Literal["json", "markdown"] = "json",
    leaf: Annotated[str | None, Query(description="the last turn of the branch, for Markdown")] = None,
) -> Response:
    """The whole tree as JSON, or one branch as Markdown."""
    if format == "markdown":
        content: bytes = (await exchange.markdown(user.id, conversation_id, leaf)).encode("utf-8", "replace")
        kind, ending = "text/markdown; charset=utf-8", "md"
    else:
        content = orjson.dumps(await exchange.export(user.id, conversation_id))
        kind, ending = "application/json", "json"
    return Response(content, media_type=kind, headers={
        "Content-Disposition": f'attachment; filename="conversation.{ending}"', "Cache-Control": "no-store"})
