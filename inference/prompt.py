"""Open Responses items in, chat messages for the engine's template out. Pure; the template itself is the engine's."""
from typing import Any

from inference.engine.port import EngineRequestError
from relay.job import Request

Item = dict[str, Any]
Message = dict[str, Any]

# Chat templates know no developer.
ROLES = {"user": "user", "assistant": "assistant", "system": "system", "developer": "system"}
TEXT_FIELDS = {"input_text": "text", "output_text": "text", "text": "text", "refusal": "refusal"}
SILENT = frozenset({"reasoning"})  # earlier thoughts are not shown to the model again, as chat templates do it


def messages_of(request: Request) -> list[Message]:
    """The whole context as chat messages.

    Instructions and system messages that begin the context become one system message, since many templates allow one
    only, and only there. Raises EngineRequestError (`invalid_prompt`, `unsupported_parameter`), which names the item.
    """
    messages: list[Message] = []
    if request.instructions:
        messages.append({"role": "system", "content": request.instructions})
    for number, item in enumerate(request.input):
        _add(messages, item, f"input[{number}]")
    if not any(message["role"] != "system" for message in messages):
        raise EngineRequestError("invalid_prompt", "The input holds nothing to answer: give a user message.", "input")
    return messages


def _add(messages: list[Message], item: Item, where: str) -> None:
    kind = item.get("type") or "message"
    if kind == "message":
        _add_message(messages, item, where)
    elif kind == "function_call":
        _add_call(messages, item, where)
    elif kind == "function_call_output":
        content = _text(item.get("output"), f"{where}.output")
        messages.append({"role": "tool", "tool_call_id": _string(item, "call_id", where), "content": content})
    elif kind not in SILENT:
        raise EngineRequestError(
            "unsupported_parameter", f"Items of type {kind!r} cannot be given to this model.", f"{where}.type"
        )


def _add_message(messages: list[Message], item: Item, where: str) -> None:
    role = ROLES.get(item.get("role", ""))
    if role is None:
        raise EngineRequestError("invalid_prompt", f"There is no role {item.get('role')!r}.", f"{where}.role")
    content = _text(item.get("content"), f"{where}.content")
    if role == "system" and len(messages) == 1 and messages[0]["role"] == "system":
        messages[0]["content"] += f"\n\n{content}"
    else:
        messages.append({"role": role, "content": content})


def _add_call(messages: list[Message], item: Item, where: str) -> None:
    function = {"name": _string(item, "name", where), "arguments": _string(item, "arguments", where)}
    call = {"id": _string(item, "call_id", where), "type": "function", "function": function}
    if not messages or messages[-1]["role"] != "assistant":  # a call belongs to what the assistant said just before it
        messages.append({"role": "assistant", "content": ""})
    messages[-1].setdefault("tool_calls", []).append(call)


def _text(content: Any, where: str) -> str:
    """A string, or the texts of a list of parts put together."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise EngineRequestError("invalid_prompt", "Content must be a text or a list of parts.", where)
    return "".join(_part(part, f"{where}[{number}]") for number, part in enumerate(content))


def _part(part: Any, where: str) -> str:
    kind = part.get("type") if isinstance(part, dict) else None
    field = TEXT_FIELDS.get(kind or "")
    if field is None:
        raise EngineRequestError("unsupported_parameter", f"This model reads text only, not {kind!r}.", f"{where}.type")
    return _string(part, field, where)


def _string(item: Item, name: str, where: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise EngineRequestError("invalid_prompt", f"{name} must be a text.", f"{where}.{name}")
    return value
