"""From what a client sends to what the relay carries, and from a response to what another can go on from."""
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from relay.job import Request
from relay.job import Sampling as RelaySampling
from server.common.errors import ApiError, Code, TooLarge
from server.common.filters import TABLE
from server.responses.chains import Past
from server.responses.items import (
    FunctionCall,
    FunctionCallOutput,
    InputMessage,
    OutputMessage,
    ReasoningItem,
    Refusal,
)
from server.responses.schemas import JsonSchemaFormat, ResponseCreate

NOT_HASHED = frozenset({"type", "stream", "stream_options", "stream_id", "idempotency_key"})
ITEM_FIELDS = {  # what of an output item is context for the next request
    "message": ("id", "role", "content"),
    "function_call": ("id", "call_id", "name", "arguments"),
    "reasoning": ("id", "summary", "content"),
}
Item = dict[str, Any]
AnyItem = InputMessage | OutputMessage | FunctionCall | FunctionCallOutput | ReasoningItem


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from and what it becomes: whose it is, its id, its model, when (Unix seconds), and the hash
    that its idempotency key is bound to.
    """

    user: str
    response_id: str
    model: str
    created_at: float
    request_hash: str = ""


def relay_request(create: ResponseCreate, origin: Origin, past: Past | None, max_input_bytes: int) -> Request:
    """The request as the relay carries it: the past's items, and its own. Raises TooLarge."""
    own = input_items(create)
    context = past.items if past else []
    size = (past.size_bytes if past else 0) + size_bytes(own) + size_bytes(create.instructions)
    if size > max_input_bytes:
        raise TooLarge(
            Code.INPUT_TOO_LARGE,
            f"The input is {size:,} bytes with what came before, over the limit of {max_input_bytes:,}; send less.",
            "input",
        )
    return Request(
        response_id=origin.response_id,
        user=origin.user,
        model=origin.model,
        created_at=origin.created_at,
        input=[*context, *own],
        instructions=create.instructions,
        sampling=sampling(create),
        tool_choice=create.tool_choice or "auto",
        text_format=text_format(create),
        store=create.store is not False,
        own_input=len(own),
        echo=echo(create),
        idempotency_key=create.idempotency_key or "",
        request_hash=origin.request_hash,
    )


def sampling(create: ResponseCreate) -> RelaySampling:
    """None stays None: the model's own default. Asking for alternatives asks for log probabilities."""
    top_logprobs = create.top_logprobs or 0
    return RelaySampling(
        temperature=create.temperature,
        top_p=create.top_p,
        top_k=create.top_k,
        min_p=create.min_p,
        presence_penalty=create.presence_penalty,
        frequency_penalty=create.frequency_penalty,
        repetition_penalty=create.repetition_penalty,
        seed=create.seed,
        stop=[create.stop] if isinstance(create.stop, str) else create.stop or [],
        min_tokens=create.min_tokens or 0,
        max_output_tokens=create.max_output_tokens,
        top_logprobs=top_logprobs,
        logprobs=bool(top_logprobs or create.include),
    )


def text_format(create: ResponseCreate) -> dict[str, Any] | None:
    """The format in Open Responses' shape; None for plain text."""
    form = create.text.format if create.text else None
    if isinstance(form, JsonSchemaFormat):
        fields = {"description": form.description, "strict": form.strict}
        given = {name: value for name, value in fields.items() if value is not None}
        return {"type": "json_schema", "name": form.name, "schema": form.schema_, **given}
    return {"type": form.type} if form and form.type != "text" else None


def echo(create: ResponseCreate) -> dict[str, Any]:
    """The resource's fields that only repeat what was asked (spec: ResponseResource), beyond the request's own.

    `service_tier` is the tier that was used, so it is not among them.
    """
    fields: dict[str, Any] = {
        "previous_response_id": create.previous_response_id,
        "metadata": create.metadata or {},
        "parallel_tool_calls": create.parallel_tool_calls is not False,
        "max_tool_calls": create.max_tool_calls,
        "safety_identifier": create.safety_identifier,
        "prompt_cache_key": create.prompt_cache_key,
    }
    if create.user is not None:
        fields["user"] = create.user
    return fields


def input_items(create: ResponseCreate) -> list[Item]:
    """The request's own input as items, without what is only null or default."""
    if isinstance(create.input, str):
        return [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": create.input}]}]
    return [_item(item) for item in create.input or []]


def _item(item: AnyItem) -> Item:
    made: Item = {"type": item.type} if item.id is None else {"type": item.type, "id": item.id}
    if isinstance(item, InputMessage | OutputMessage):
        kind = "output_text" if item.role == "assistant" else "input_text"
        made.update(role=item.role, content=_parts(item.content, kind))
    elif isinstance(item, FunctionCall):
        made.update(call_id=item.call_id, name=item.name, arguments=item.arguments)
    elif isinstance(item, FunctionCallOutput):
        output = item.output
        made.update(call_id=item.call_id, output=output if isinstance(output, str) else _parts(output, "input_text"))
    else:
        made["summary"] = [{"type": part.type, "text": part.text} for part in item.summary]
        if item.content is not None:
            made["content"] = [{"type": part.type, "text": part.text} for part in item.content]
    return made


def _parts(content: Any, kind: str) -> list[Item]:
    if isinstance(content, str):
        return [{"type": kind, "text": content}]
    return [
        {"type": part.type, "refusal": part.refusal} if isinstance(part, Refusal) else _text_part(part.type, part.text)
        for part in content
    ]


def _text_part(kind: str, text: str) -> Item:
    return {"type": kind, "text": text}


def past(request: Request, output: Iterable[Item]) -> Past:
    """What a response is to the one that continues it: all it was given, without instructions, and what it said."""
    items = [*request.input, *(_context_item(item) for item in output)]
    return Past(request.response_id, items, size_bytes(items))


def _context_item(item: Item) -> Item:
    """Log probabilities, annotations and states are no context."""
    kept = {name: item[name] for name in ITEM_FIELDS[item["type"]] if name in item}
    if "content" in kept:
        kept["content"] = [
            {name: part[name] for name in ("type", "text", "refusal") if name in part} for part in kept["content"]
        ]
    return {"type": item["type"], **kept}


def size_bytes(value: Any) -> int:
    """A value's size as JSON."""
    return len(orjson.dumps(value))


def request_hash(body: dict[str, Any]) -> str:
    """What an idempotency key is bound to: everything that the client asked for, however it is to be sent back."""
    asked = {name: value for name, value in body.items() if name not in NOT_HASHED}
    return hashlib.sha256(orjson.dumps(asked, option=orjson.OPT_SORT_KEYS)).hexdigest()


def failure(response: dict[str, Any]) -> ApiError | None:
    """The error that a response is which failed before it said anything: over HTTP it is answered as one."""
    error = response["error"]
    if response["status"] != "failed" or response["output"] or error["code"] not in set(Code):
        return None
    return failure_of(error["code"], error["message"])


def failure_of(code: str, message: str) -> ApiError:
    """What a worker gives as the reason of a failure, as an error."""
    known = Code(code) if code in set(Code) else Code.INTERNAL_ERROR
    return TABLE[known].kind(known, message)
