"""`POST /v1/chat/completions`: JSON, and server-sent chunks where `stream` is asked for."""
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from server.admission.dependencies import GatewaySockets
from server.auth.guards import CurrentUser
from server.common.answers import json_answer, no_answer
from server.common.body import read_body, with_key
from server.common.documented import GENERATION, JSON_BODY, documented
from server.completions import mappers
from server.completions.dependencies import Completions
from server.completions.schemas import CompletionCreate, parse_completion
from server.completions.stream import ChunkStream
from server.responses import samples
from server.responses.mappers import request_hash
from server.responses.sse import disconnected, unless

router = APIRouter(prefix="/v1/chat/completions", tags=["chat completions"])


EXAMPLES: dict[str, dict[str, Any]] = {
    "a question": {"messages": [{"role": "user", "content": "What is the capital of France?"}]},
    "a stream": {"messages": [{"role": "user", "content": "Hi"}], "stream": True,
                 "stream_options": {"include_usage": True}, "max_completion_tokens": 64},
}
STREAM = (
    'data: {"id":"chatcmpl-0a1b2c3d4e5f","object":"chat.completion.chunk","created":1764000000,'
    '"model":"smollm2-135m-instruct","choices":[{"index":0,"delta":{"content":"Paris."},"finish_reason":null}]}\n\n'
    "data: [DONE]\n\n")


@router.post("", openapi_extra=documented(
    *JSON_BODY, *GENERATION, body=CompletionCreate, examples=EXAMPLES,
    answers=[mappers.completion(one) for one in samples.responses() if one["status"] in ("completed", "incomplete")],
    stream=STREAM))
async def create_completion(
    request: Request,
    user: CurrentUser,
    sockets: GatewaySockets,
    completions: Completions,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Answer messages: with the whole answer once it has ended, or with chunks of it as they come.

    The answer is a response too: `chatcmpl-X` is `resp_X` at every other door.
    """
    sockets.refuse_when_draining()
    try:
        body = with_key(await read_body(request), idempotency_key)
    except ClientDisconnect:
        return no_answer()
    create = parse_completion(body)
    feed = await completions.start(user.id, create, request_hash(body) if create.idempotency_key else "")
    if create.stream:
        options = create.stream_options
        return ChunkStream(feed, sockets, include_usage=bool(options and options.include_usage))
    whole = await unless(feed.end(), disconnected(request.receive))
    if whole is None:
        await completions.leave(user.id, feed, create)
        return no_answer()
    return json_answer(mappers.completion(whole))
