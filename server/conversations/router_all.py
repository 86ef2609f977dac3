"""`/v1/conversations` as a whole: how many there are, archive them all, delete them all."""
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from server.auth.guards import CurrentUser
from server.common.answers import json_answer
from server.common.documented import documented
from server.common.errors import Code
from server.conversations.dependencies import ConversationCollection
from server.conversations.resources import count_field, done_field

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])
Count = Annotated[int, Query(ge=0, description="how many there are: `GET /v1/conversations/count` says it")]


@router.get("/count", openapi_extra=documented(Code.HISTORY_UNAVAILABLE, answers=[count_field(17, 3)]))
async def count_conversations(user: CurrentUser, collection: ConversationCollection) -> Response:
    """How many conversations there are, archived ones among them."""
    return json_answer(count_field(*await collection.count(user.id)))


@router.post("/archive", openapi_extra=documented(Code.HISTORY_UNAVAILABLE, answers=[done_field("archived", 14)]))
async def archive_conversations(user: CurrentUser, collection: ConversationCollection) -> Response:
    """Archive all that are not archived yet."""
    return json_answer(done_field("archived", await collection.archive(user.id)))


@router.delete("", openapi_extra=documented(
    Code.MISSING_REQUIRED_PARAMETER, Code.COUNT_DIFFERS, Code.HISTORY_UNAVAILABLE,
    answers=[done_field("deleted", 17)]))
async def delete_conversations(user: CurrentUser, collection: ConversationCollection, count: Count) -> Response:
    """Forget all of them, archived ones too, with the text of their responses and the links to them; what is being
    made in them is stopped.

    `count` must be how many there are, or nothing is deleted: neither by an id that was left empty, nor where there is
    one that whoever asks has not seen.
    """
    await collection.delete(user.id, count)
    return json_answer(done_field("deleted", count))
