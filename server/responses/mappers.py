"""From what a client sends to what the relay carries, and from a response to what another can go on from."""
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson

from relay.job import Request
from relay.job import Sampling as RelaySampling
from server.common.errors import ApiError, BadRequest, Code, TooLarge
from server.common.filters import TABLE
from server.responses import resource
from server.responses.chains import Past
from server.responses.content import InputImage, Refusal
from server.responses.items import (
    AnyItem,
    CompactionItem,
    FunctionCall,
    FunctionCallOutput,
    InputMessage,
    ItemReference,
    OutputMessage,
)
from server.responses.schemas import JsonSchemaFormat, ResponseCreate
from server.responses.tools import FunctionTool

LOGPROBS = "message.output_text.logprobs"
NOT_HASHED = frozenset({"type", "stream", "stream_options", "stream_id", "idempotency_key"})
ITEM_FIELDS = {  # what of an output item is context for the next request
    "message": ("id", "role", "content", "phase"),
    "function_call": ("id", "call_id", "name", "arguments"),
    "reasoning": ("id", "summary", "content"),
}
Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request comes from and what it becomes: whose it is, its id, its model, when (Unix seconds), the hash
    that its idempotency key is bound to, and in a conversation the turn that it follows (empty: none).
    """

    user: str
    response_id: str
    model: str
    created_at: float
    request_hash: str = ""
    parent_id: str = ""


def relay_request(
    create: ResponseCreate,
    origin: Origin,
    past: Past | None,
    max_input_bytes: int,
    found: Mapping[str, Item] = MappingProxyType({}),
) -> Request:
    """The request as the relay carries it: the past's items, and its own; `found` are those that it refers to, by id.

    Raises BadRequest, TooLarge.
    """
    own = input_items(create, found)
    context = past.items if past else []
    _check_calls(context, own)
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
        tools=[_tool(tool) for tool in create.tools or []],
        tool_choice=tool_choice(create),
        parallel_tool_calls=create.parallel_tool_calls is not False,
        max_tool_calls=create.max_tool_calls,
        reasoning_effort=create.reasoning.effort if create.reasoning else None,
        text_format=text_format(create),
        verbosity=create.text.verbosity if create.text else None,
        truncation=create.truncation or "disabled",
        include=list(create.include or []),
        store=create.store is not False,
        own_input=len(own),
        echo=echo(create),
        idempotency_key=create.idempotency_key or "",
        request_hash=origin.request_hash,
        conversation=create.conversation.id if create.conversation else "",
        parent=origin.parent_id,
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
        logprobs=bool(top_logprobs or LOGPROBS in (create.include or [])),
    )


def _tool(tool: FunctionTool) -> dict[str, Any]:
    fields = {"description": tool.description, "parameters": tool.parameters, "strict": tool.strict}
    given = {name: value for name, value in fields.items() if value is not None}
    return {"type": "function", "name": tool.name, **given}


def tool_choice(create: ResponseCreate) -> Any:
    """In the protocol's shape: a word or an object."""
    choice = create.tool_choice
    return "auto" if choice is None else choice if isinstance(choice, str) else choice.model_dump()


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
        "background": create.background is True,
        "safety_identifier": create.safety_identifier,
        "prompt_cache_key": create.prompt_cache_key,
    }
    if create.reasoning is not None:
        summary = create.reasoning.summary or create.reasoning.generate_summary
        fields["reasoning"] = {"effort": create.reasoning.effort, "summary": summary}
    if create.conversation is not None:
        fields["conversation"] = {"id": create.conversation.id}
    if create.user is not None:
        fields["user"] = create.user
    return fields


def input_items(create: ResponseCreate, found: Mapping[str, Item] = MappingProxyType({})) -> list[Item]:
    """The request's own input as items, without what is only null or default."""
    if isinstance(create.input, str):
        return [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": create.input}]}]
    return [found[item.id] if isinstance(item, ItemReference) else item_of(item) for item in create.input or []]


def item_of(item: AnyItem) -> Item:
    """An item that came, as the relay carries it."""
    made: Item = {"type": item.type} if item.id is None else {"type": item.type, "id": item.id}
    if isinstance(item, InputMessage | OutputMessage):
        kind = "output_text" if item.role == "assistant" else "input_text"
        made.update(role=item.role, content=_parts(item.content, kind))
        if item.phase is not None:
            made["phase"] = item.phase
    elif isinstance(item, FunctionCall):
        made.update(call_id=item.call_id, name=item.name, arguments=item.arguments)
    elif isinstance(item, FunctionCallOutput):
        output = item.output
        made.update(call_id=item.call_id, output=output if isinstance(output, str) else _parts(output, "input_text"))
    elif isinstance(item, CompactionItem):
        made["summary"] = item.encrypted_content
    elif not isinstance(item, ItemReference):
        made["summary"] = [{"type": part.type, "text": part.text} for part in item.summary]
        if item.content is not None:
            made["content"] = [{"type": part.type, "text": part.text} for part in item.content]
        elif item.encrypted_content is not None:
            made["content"] = [{"type": "reasoning_text", "text": item.encrypted_content}]
    return made


def _parts(content: Any, kind: str) -> list[Item]:
    return [{"type": kind, "text": content}] if isinstance(content, str) else [_part(part) for part in content]


def _part(part: Any) -> Item:
    if isinstance(part, Refusal):
        return {"type": part.type, "refusal": part.refusal}
    if isinstance(part, InputImage):
        return {"type": part.type, "image_url": part.image_url, "detail": part.detail or "auto"}
    return {"type": part.type, "text": part.text}


def _check_calls(context: list[Item], own: list[Item]) -> None:
    """A tool's output answers a call that stands before it: no chat template knows what to do with another."""
    called = {item["call_id"] for item in context if item.get("type") == "function_call"}
    for index, item in enumerate(own):
        if item["type"] == "function_call":
            called.add(item["call_id"])
        elif item["type"] == "function_call_output" and item["call_id"] not in called:
            path = f"input[{index}].call_id"
            raise BadRequest(
                Code.INVALID_VALUE, f"`{path}`: no function call `{item['call_id']}` stands before this output.", path)


def past(request: Request, output: Iterable[Item]) -> Past:
    """What a response is to the one that continues it: all it was given, without instructions, and what it said."""
    items = [*request.input, *(_context_item(item) for item in output)]
    return Past(request.response_id, items, size_bytes(items))


def own_items(request: Request, output: Iterable[Item]) -> list[Item]:
    """What a request brought and what was answered, as context, each with its id: what another request may refer to."""
    own = request.input[len(request.input) - request.own_input:]
    shown = resource.input_items(request)
    return [
        *({**item, "id": like["id"]} for item, like in zip(own, shown, strict=True)),
        *(_context_item(item) for item in output),
    ]


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
    made = failure_of(error["code"], error["message"])
    made.response_id = response["id"]
    return made


def failure_of(code: str, message: str) -> ApiError:
    """What a worker gives as the reason of a failure, as an error."""
    known = Code(code) if code in set(Code) else Code.INTERNAL_ERROR
    return TABLE[known].kind(known, message)
