"""From a completion's request to that of a response, and from a response to the completion that it is."""
import re
from typing import Any

from server.common.errors import ApiError
from server.completions.messages import AssistantMessage, ToolMessage
from server.completions.schemas import (
    SHARED,
    AllowedToolsChoice,
    CompletionCreate,
    FunctionTool,
    JsonSchemaFormat,
    ToolChoice,
)
from server.responses import mappers
from server.responses.schemas import ResponseCreate, parse_create

Fields = dict[str, Any]
LEAST_LIMIT = 16  # of `max_output_tokens`; a completion may be shorter
FINISH_REASONS = {"max_output_tokens": "length", "content_filter": "content_filter"}  # of incomplete ones


def completion_id(response_id: str) -> str:
    """Tied to the response's, so that whoever knows one knows the other."""
    return f"chatcmpl-{response_id.removeprefix('resp_')}"


def response_create(create: CompletionCreate) -> ResponseCreate:
    """The response to make. Nothing is stored unless `store` says so. Raises BadRequest, with a response's names."""
    items, _ = _items(create)
    body = {
        **{name: value for name in SHARED if (value := getattr(create, name)) is not None},
        "store": create.store is True,
        "stream": create.stream,
        "idempotency_key": create.idempotency_key,
        "input": items,
        "text": _text(create),
        "tools": [_tool(tool) for tool in create.tools] if create.tools else None,
        "tool_choice": _tool_choice(create),
        "top_logprobs": create.top_logprobs,
        "include": ["message.output_text.logprobs"] if create.logprobs else None,
        "reasoning": {"effort": create.reasoning_effort} if create.reasoning_effort is not None else None,
        "max_output_tokens": None if create.limit is None else max(create.limit, LEAST_LIMIT),
    }
    asked = parse_create({name: value for name, value in body.items() if value is not None})
    return asked.model_copy(update={"max_output_tokens": create.limit, "min_tokens": create.min_tokens})


def _items(create: CompletionCreate) -> tuple[list[Fields], list[int]]:
    """The messages as items, and which message each is of."""
    found = [(item, index) for index, message in enumerate(create.messages) for item in _items_of(message)]
    return [item for item, _ in found], [index for _, index in found]


def _items_of(message: Any) -> list[Fields]:
    if isinstance(message, ToolMessage):
        output = _parts(message.content, "input_text")
        return [{"type": "function_call_output", "call_id": message.tool_call_id, "output": output}]
    if isinstance(message, AssistantMessage):
        return _said(message)
    return [{"type": "message", "role": message.role, "content": _parts(message.content, "input_text")}]


def _said(message: AssistantMessage) -> list[Fields]:
    """What the model said earlier, in the order in which it makes it: reasoning, words, calls."""
    items: list[Fields] = []
    if message.reasoning_content:
        thought = {"type": "reasoning_text", "text": message.reasoning_content}
        items.append({"type": "reasoning", "summary": [], "content": [thought]})
    content = _parts(message.content or [], "output_text")
    parts = [{"type": "output_text", "text": content}] if isinstance(content, str) else content
    if message.refusal:
        parts = [*parts, {"type": "refusal", "refusal": message.refusal}]
    if parts:
        items.append({"type": "message", "role": "assistant", "content": parts})
    for call in message.tool_calls or []:
        function = call.function
        items.append({
            "type": "function_call", "call_id": call.id, "name": function.name, "arguments": function.arguments})
    return items


def _parts(content: Any, kind: str) -> Any:
    return content if isinstance(content, str) else [_part(part, kind) for part in content]


def _part(part: Any, kind: str) -> Fields:
    if part.type == "image_url":
        image = {"type": "input_image", "image_url": part.image_url.url}
        return image if part.image_url.detail is None else {**image, "detail": part.image_url.detail}
    return {"type": "refusal", "refusal": part.refusal} if part.type == "refusal" else {"type": kind, "text": part.text}


def _text(create: CompletionCreate) -> Fields | None:
    form, fields = create.response_format, Fields()
    if isinstance(form, JsonSchemaFormat):
        given = {name: value for name, value in form.json_schema.model_dump(by_alias=True).items() if value is not None}
        fields["format"] = {"type": "json_schema", "schema": {}, **given}
    elif form is not None:
        fields["format"] = {"type": form.type}
    if create.verbosity is not None:
        fields["verbosity"] = create.verbosity
    return fields or None


def _tool(tool: FunctionTool) -> Fields:
    """Here arguments are held to the schema only if `strict` says so; for a response that is what is left out."""
    function = tool.function.model_dump(exclude_none=True)
    return {"type": "function", "strict": False, **function}


def _tool_choice(create: CompletionCreate) -> Any:
    choice = create.tool_choice
    if isinstance(choice, ToolChoice):
        return {"type": "function", "name": choice.function.name}
    if not isinstance(choice, AllowedToolsChoice):
        return choice
    tools = [{"type": "function", "name": tool.function.name} for tool in choice.allowed_tools.tools]
    return {"type": "allowed_tools", "mode": choice.allowed_tools.mode, "tools": tools}


RENAMED = (  # a response's field, and what it is called here
    (r"text\.format\.(.+)", r"response_format.json_schema.\1"),
    (r"text\.format", "response_format"),
    (r"text\.verbosity", "verbosity"),
    (r"reasoning(\.effort)?", "reasoning_effort"),
    (r"max_output_tokens", "max_completion_tokens"),
    (r"include.*", "logprobs"),
    (r"tools\[(\d+)\]\.(?!type)(.+)", r"tools[\1].function.\2"),
    (r"tool_choice\.name", "tool_choice.function.name"),
    (r"tool_choice\.tools\[(\d+)\]\.name", r"tool_choice.allowed_tools.tools[\1].function.name"),
    (r"tool_choice\.(mode|tools.*)", r"tool_choice.allowed_tools.\1"),
    (r"input", "messages"),
)


def renamed(error: ApiError, create: CompletionCreate) -> ApiError:
    """The error of a response's request, told by the names that the completion's has."""
    if error.param is None or (name := _renamed(error.param, create)) == error.param:
        return error
    message = error.message.replace(f"`{error.param}`", f"`{name}`")
    return type(error)(error.code, message, name)


def _renamed(param: str, create: CompletionCreate) -> str:
    if item := re.match(r"input\[(\d+)\](.*)", param):
        _, origins = _items(create)
        return f"messages[{origins[int(item[1])]}]{item[2]}"
    for pattern, name in RENAMED:
        if found := re.fullmatch(pattern, param):
            return found.expand(name)
    return param


def completion(response: Fields) -> Fields:
    """A response that has ended, as a completion. Raises what it has failed of."""
    if response["status"] == "failed":
        error = response["error"]
        raise mappers.failure_of(error["code"], error["message"])
    message = _message(response["output"])
    calls = "tool_calls" in message
    return {
        "id": completion_id(response["id"]),
        "object": "chat.completion",
        "created": response["created_at"],
        "model": response["model"],
        "choices": [{
            "index": 0,
            "message": message,
            "logprobs": _logprobs(response),
            "finish_reason": finish_reason(response["status"], response["incomplete_details"], calls=calls),
        }],
        "usage": usage(response["usage"]),
        "service_tier": response["service_tier"],
        "system_fingerprint": None,
        **stopped(response["incomplete_details"]),
    }


def _message(output: list[Fields]) -> Fields:
    """All that was said, as one message."""
    parts = [part for item in output if item["type"] == "message" for part in item["content"]]
    message: Fields = {
        "role": "assistant",
        "content": _joined(part["text"] for part in parts if part["type"] == "output_text"),
        "refusal": _joined(part["refusal"] for part in parts if part["type"] == "refusal"),
    }
    thoughts = [part for item in output if item["type"] == "reasoning" for part in item["content"] or []]
    if thoughts:
        message["reasoning_content"] = _joined(part["text"] for part in thoughts)
    if calls := [_tool_call(item) for item in output if item["type"] == "function_call"]:
        message["tool_calls"] = calls
    elif message["content"] is None and message["refusal"] is None:
        message["content"] = ""
    return message


def _joined(texts: Any) -> str | None:
    found = list(texts)
    return "".join(found) if found else None


def _tool_call(item: Fields) -> Fields:
    function = {"name": item["name"], "arguments": item["arguments"]}
    return {"id": item["call_id"], "type": "function", "function": function}


def _logprobs(response: Fields) -> Fields | None:
    found = [
        logprob
        for item in response["output"] if item["type"] == "message"
        for part in item["content"] for logprob in part.get("logprobs", [])
    ]
    return {"content": found, "refusal": None} if found else None


def finish_reason(status: str, details: Fields | None, *, calls: bool) -> str:
    """Why it ended. One that somebody stopped has no reason of its own in the protocol: see `stopped`."""
    if status == "incomplete" and details is not None:
        return FINISH_REASONS.get(details["reason"], "stop")
    return "tool_calls" if calls else "stop"


def stopped(details: Fields | None) -> Fields:
    """That it was ended by something which no finish reason tells."""
    if details is None or details["reason"] in FINISH_REASONS:
        return {}
    return {"parley:incomplete_details": details}


def usage(counted: Fields) -> Fields:
    """The tokens of a response's `usage`, as a completion names them."""
    return {
        "prompt_tokens": counted["input_tokens"],
        "completion_tokens": counted["output_tokens"],
        "total_tokens": counted["total_tokens"],
        "prompt_tokens_details": {"cached_tokens": counted["input_tokens_details"]["cached_tokens"]},
        "completion_tokens_details": {"reasoning_tokens": counted["output_tokens_details"]["reasoning_tokens"]},
    }
