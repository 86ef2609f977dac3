"""Open Responses items in, chat messages for the engine's template out. Pure; the template itself is the engine's."""
from typing import Any

from inference.engine.port import EngineRequestError
from inference.images import check_image
from relay.job import Request

Item = dict[str, Any]
Message = dict[str, Any]

# Chat templates know no developer.
ROLES = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}
TEXT_FIELDS = {"input_text": "text", "output_text": "text", "text": "text", "refusal": "refusal"}
SILENT = frozenset({"reasoning"})  # earlier thoughts are not shown to the model again, as chat templates do it


SUMMARY = "What was said before, in short:"
VERBOSITY = {"low": "Answer briefly.", "high": "Answer at length and in detail."}


def messages_of(request: Request, items: list[Item] | None = None, *, images: bool = False) -> list[Message]:
    """The whole context as chat messages, or what `items` say of it. `images`: whether the model sees any.

    Instructions and system messages that begin the context become one system message, since many templates allow one
    only, and only there. Raises EngineRequestError (`invalid_prompt`, `unsupported_parameter`), which names the item.
    """
    messages: list[Message] = []
    said = [text for text in (request.instructions, VERBOSITY.get(request.verbosity or "")) if text]
    if said:
        messages.append({"role": "system", "content": "\n\n".join(said)})
    for number, item in enumerate(request.input if items is None else items):
        _add(messages, item, f"input[{number}]", images)
    if not any(message["role"] != "system" for message in messages):
        raise EngineRequestError("invalid_prompt", "The input holds nothing to answer: give a user message.", "input")
    return messages


def _add(messages: list[Message], item: Item, where: str, images: bool) -> None:
    kind = item.get("type") or "message"
    if kind == "message":
        _add_message(messages, item, where, images)
    elif kind == "function_call":
        _add_call(messages, item, where)
    elif kind == "function_call_output":
        content = _content(item.get("output"), f"{where}.output", images)
        messages.append({"role": "tool", "tool_call_id": _string(item, "call_id", where), "content": content})
    elif kind == "compaction":
        summary = f"{SUMMARY}\n\n{_string(item, 'summary', where)}"
        _add_message(messages, {"role": "system", "content": summary}, where, images)
    elif kind not in SILENT:
        raise EngineRequestError(
            "unsupported_parameter", f"Items of type {kind!r} cannot be given to this model.", f"{where}.type"
        )


def _add_message(messages: list[Message], item: Item, where: str, images: bool) -> None:
    role = ROLES.get(item.get("role", ""))
    if role is None:
        raise EngineRequestError("invalid_prompt", f"There is no role {item.get('role')!r}.", f"{where}.role")
    content = _content(item.get("content"), f"{where}.content", images)
    if role == "system" and isinstance(content, str) and [message["role"] for message in messages] == ["system"]:
        messages[0]["content"] += f"\n\n{content}"
    else:
        messages.append({"role": role, "content": content})


def _add_call(messages: list[Message], item: Item, where: str) -> None:
    function = {"name": _string(item, "name", where), "arguments": _string(item, "arguments", where)}
    call = {"id": _string(item, "call_id", where), "type": "function", "function": function}
    if not messages or messages[-1]["role"] != "assistant":  # a call belongs to what the assistant said just before it
        messages.append({"role": "assistant", "content": ""})
    messages[-1].setdefault("tool_calls", []).append(call)


def _content(content: Any, where: str, images: bool) -> str | list[Message]:
    """A string, or the texts of a list of parts put together; where there are images, a chat message's parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise EngineRequestError("invalid_prompt", "Content must be a text or a list of parts.", where)
    parts = [_part(part, f"{where}[{number}]", images) for number, part in enumerate(content)]
    if any(part["type"] != "text" for part in parts):
        return parts
    return "".join(part["text"] for part in parts)


def _part(part: Any, where: str, images: bool) -> Message:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind == "input_image":
        return _image(part, where, images)
    field = TEXT_FIELDS.get(kind or "")
    if field is None:
        raise EngineRequestError("unsupported_parameter", f"This model cannot read {kind!r}.", f"{where}.type")
    return {"type": "text", "text": _string(part, field, where)}


def _image(part: Item, where: str, images: bool) -> Message:
    if not images:
        message = "This model reads text only: leave images out, or choose a model that sees them."
        raise EngineRequestError("unsupported_image", message, f"{where}.type")
    url = _string(part, "image_url", where)
    check_image(url, f"{where}.image_url")
    return {"type": "image_url", "image_url": {"url": url}}


def _string(item: Item, name: str, where: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise EngineRequestError("invalid_prompt", f"{name} must be a text.", f"{where}.{name}")
    return value
