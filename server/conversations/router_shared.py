"""`/v1/shared/{token}`: the one thing of a conversation that needs no sign-in."""
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from server.common.answers import json_answer
from server.common.documented import documented
from server.common.errors import Code
from server.conversations import samples
from server.conversations.dependencies import ConversationSharing, ForwardWindow
from server.conversations.resources import shared_field

router = APIRouter(prefix="/v1/shared", tags=["conversations"])
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


@router.get("/{token}", openapi_extra=documented(
    Code.SHARE_NOT_FOUND, Code.HISTORY_UNAVAILABLE, answers=samples.SHARED))
async def read_shared(
        token: Annotated[str, Path(max_length=128)], sharing: ConversationSharing, window: ForwardWindow) -> Response:
    """A branch of a conversation that somebody has shared."""
    share, items = await sharing.read(token, window)
    return json_answer(shared_field(share, items), headers=HEADERS)
