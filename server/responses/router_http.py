"""/v1/responses over plain HTTP: JSON, and server-sent events where `stream` is asked for."""
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from server.admission.dependencies import GatewaySockets
from server.auth.guards import CurrentUser
from server.common.answers import json_answer, no_answer
from server.common.body import read_body, with_key
from server.common.documented import GENERATION, JSON_BODY, ONE_RESPONSE, documented
from server.common.errors import BadRequest, Code
from server.responses import mappers, samples
from server.responses.compact_create import CompactCreate, parse_compact
from server.responses.compaction import compacted
from server.responses.dependencies import Compaction, Responses
from server.responses.frames import MAX_NUMBER
from server.responses.pages import Order, page
from server.responses.schemas import ResponseCreate, parse_create
from server.responses.sse import EventStream, disconnected, unless

router = APIRouter(prefix="/v1/responses", tags=["responses"])
ResponseId = Annotated[str, Path(max_length=128)]
Number = Annotated[int, Query(ge=-1, le=MAX_NUMBER)]
EXAMPLES: dict[str, dict[str, Any]] = {
    "a question": {"input": "What is the capital of France?"},
    "a stream": {"input": "What is the capital of France?", "stream": True, "max_output_tokens": 64},
    "a turn that goes on": {"input": "And of Italy?", "previous_response_id": samples.ID},
    "a turn of a conversation": {"input": "And of Italy?", "conversation": "conv_0a1b2c3d4e5f"},
    "JSON of a shape": {"input": "Name a city.", "text": {"format": {
        "type": "json_schema", "name": "city", "schema": {
            "type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}}}},
}
IN_CONVERSATION = (Code.CONVERSATION_NOT_FOUND, Code.TURN_NOT_FOUND, Code.CONVERSATION_LOCKED)
STREAM = samples.as_sse(samples.stream([*samples.TEXT, samples.ENDS[0]]))
SIGNALS = "A stream also tells where the response stands while it waits for a worker, in events without an id."


@dataclass(frozen=True, slots=True)
class Reading:
    """How a stream of events is read: on behind what number, and with signals or without."""

    last_event_id: int | None
    signals: bool


async def _reading(
    last_event_id: Annotated[int | None, Header(ge=-1, le=MAX_NUMBER)] = None,
    signals: Annotated[bool, Query(description=SIGNALS)] = False,
) -> Reading:
    return Reading(last_event_id, signals)


HowRead = Annotated[Reading, Depends(_reading)]


@router.post("", openapi_extra=documented(
    *JSON_BODY, *GENERATION, *IN_CONVERSATION, Code.ITEM_NOT_FOUND,
    Code.RESPONSE_DIVERGED, body=ResponseCreate, examples=EXAMPLES,
    answers=samples.responses(), stream=STREAM))
async def create_response(
    request: Request,
    user: CurrentUser,
    sockets: GatewaySockets,
    responses: Responses,
    how: HowRead,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> Response:
    """Make a response; answer with it once it has ended (in the background: at once), or with its events as they come.

    A stream that is asked for with `Last-Event-ID` is one that broke: it goes on, and nothing is made.
    """
    sockets.refuse_when_draining()
    try:
        body = with_key(await read_body(request), idempotency_key)
    except ClientDisconnect:
        return no_answer()
    create = parse_create(body)
    key_hash = mappers.request_hash(body) if create.idempotency_key else ""
    if create.stream and how.last_event_id is not None:
        _need_key(create.idempotency_key)
        feed = await responses.take_up(user.id, create, key_hash)
        return EventStream(feed, sockets, how.last_event_id, signals=how.signals)
    feed = await responses.start(user.id, create, key_hash=key_hash)
    if create.stream:
        return EventStream(feed, sockets, signals=how.signals)
    if create.background:
        return json_answer(feed.resource())
    whole = await unless(feed.end(), disconnected(request.receive))
    if whole is None:
        await responses.leave(user.id, feed, create)
        return no_answer()
    if (error := mappers.failure(whole)) is not None:
        raise error
    return json_answer(whole)


@router.post("/compact", openapi_extra=documented(
    *JSON_BODY, *GENERATION, Code.ITEM_NOT_FOUND, body=CompactCreate, answers=[compacted(*samples.summed_up())],
    examples={"a conversation": {"model": "smollm2-135m-instruct", "previous_response_id": samples.ID}}))
async def compact(request: Request, user: CurrentUser, sockets: GatewaySockets, compactor: Compaction) -> Response:
    """Sum a conversation up into items that another request can go on from."""
    sockets.refuse_when_draining()
    try:
        create = parse_compact(await read_body(request))
    except ClientDisconnect:
        return no_answer()
    feed = await compactor.start(user.id, create)
    whole = await unless(feed.end(), disconnected(request.receive))
    if whole is None:
        await compactor.leave(user.id, feed)
        return no_answer()
    return json_answer(compacted(feed.request, whole))


@router.get("/{response_id}", openapi_extra=documented(
    *ONE_RESPONSE, Code.RESPONSE_DIVERGED, answers=samples.responses(), stream=STREAM))
async def read_response(
    response_id: ResponseId,
    user: CurrentUser,
    sockets: GatewaySockets,
    responses: Responses,
    how: HowRead,
    stream: bool = False,
    starting_after: Number = -1,
) -> Response:
    """The response as far as it has come; or its events behind `starting_after`, and then live.

    A reader that connects again by itself sends the same query as before, so its `Last-Event-ID` counts more.
    """
    if stream:
        feed = await responses.follow(user.id, response_id)
        after = starting_after if how.last_event_id is None else how.last_event_id
        return EventStream(feed, sockets, after, signals=how.signals)
    return json_answer(await responses.read(user.id, response_id))


@router.post("/{response_id}/cancel", openapi_extra=documented(*ONE_RESPONSE, answers=samples.responses()))
async def cancel_response(response_id: ResponseId, user: CurrentUser, responses: Responses) -> Response:
    """Stop it, and answer with it once that has reached the worker."""
    return json_answer(await responses.cancel_and_read(user.id, response_id))


@router.get("/{response_id}/input_items", openapi_extra=documented(*ONE_RESPONSE, answers=[
    page(samples.input_items(), limit=20, order="desc", after=None)]))
async def list_input_items(
    response_id: ResponseId,
    user: CurrentUser,
    responses: Responses,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    order: Order = "desc",
    after: str | None = None,
) -> Response:
    """What was asked, without what came before."""
    return json_answer(page(await responses.input_items(user.id, response_id), limit=limit, order=order, after=after))


@router.delete("/{response_id}", openapi_extra=documented(*ONE_RESPONSE, answers=[
    {"id": samples.ID, "object": "response", "deleted": True}]))
async def delete_response(response_id: ResponseId, user: CurrentUser, responses: Responses) -> Response:
    """Forget it."""
    await responses.delete(user.id, response_id)
    return json_answer({"id": response_id, "object": "response", "deleted": True})


def _need_key(key: str | None) -> None:
    """Without one it could only be made anew, and numbers of the one before mean nothing there."""
    if key is None:
        raise BadRequest(
            Code.MISSING_REQUIRED_PARAMETER,
            "`idempotency_key` is required with Last-Event-ID: it says which response is to go on. Or use GET.",
            "idempotency_key",
        )
