"""The response resource and its items, as Open Responses shapes them, out of a transcript.

Used by the stream's snapshots, by GET and by the recorder, so that all tell the same.
"""
from collections.abc import Iterable, Sequence
from typing import Any

from relay.events import Ended, Logprob
from relay.job import Request
from relay.records import Record
from server.responses.opaque import seal
from server.responses.transcript import Item, Part, Transcript

SEALED = "reasoning.encrypted_content"  # what a request includes to get it
LOWEST_LOGPROB = -9999.0  # JSON has no minus infinity


def fold(request: Request, records: Iterable[Record]) -> dict[str, Any]:
    """The resource of a response whose records (of its log, of batches, or both) these are.

    Raises relay.cursor.Gap and Diverged if they do not fit together.
    """
    transcript = Transcript(request)
    for record in records:
        transcript.add(record)
    return resource(transcript)


def resource(transcript: Transcript) -> dict[str, Any]:
    """The response as it stands."""
    return snapshot(transcript.request, transcript.status, output(transcript), transcript.ended)


def snapshot(
    request: Request, status: str, output: Sequence[dict[str, Any]] = (), ended: Ended | None = None
) -> dict[str, Any]:
    """The resource of a request with a given state (spec: ResponseResource, all of whose fields are required).

    `request.echo` overrules what is derived from the request's other fields, but not what the events say.
    """
    sampling = request.sampling
    return {
        "id": request.response_id,
        "object": "response",
        "created_at": int(request.created_at),
        "previous_response_id": None,
        "instructions": request.instructions,
        "tools": [tool_field(tool) for tool in request.tools],
        "tool_choice": request.tool_choice,
        "truncation": request.truncation,
        "parallel_tool_calls": request.parallel_tool_calls,
        "text": text_field(request),
        "top_p": _or(sampling.top_p, 1.0),
        "presence_penalty": _or(sampling.presence_penalty, 0.0),
        "frequency_penalty": _or(sampling.frequency_penalty, 0.0),
        "top_logprobs": sampling.top_logprobs,
        "temperature": _or(sampling.temperature, 1.0),
        "reasoning": None,
        "max_output_tokens": sampling.max_output_tokens,
        "max_tool_calls": request.max_tool_calls,
        "background": False,
        "service_tier": "default",
        "metadata": {},
        "safety_identifier": None,
        "prompt_cache_key": None,
        **request.echo,
        "model": request.model,
        "store": request.store,
        "status": status,
        "output": list(output),
        **_end_fields(ended),
    }


def _or(value: float | None, default: float) -> float:
    return default if value is None else value


def _end_fields(ended: Ended | None) -> dict[str, Any]:
    if ended is None:
        return {"completed_at": None, "incomplete_details": None, "error": None, "usage": None}
    usage = ended.usage
    return {
        "completed_at": int(ended.at) if ended.status == "completed" else None,
        "incomplete_details": {"reason": ended.reason} if ended.status == "incomplete" else None,
        "error": {"code": ended.code, "message": ended.message} if ended.status == "failed" else None,
        "usage": {
            "input_tokens": usage.input_tokens,
            "input_tokens_details": {"cached_tokens": usage.cached_tokens},
            "output_tokens": usage.output_tokens,
            "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
            "total_tokens": usage.input_tokens + usage.output_tokens,
        },
    }


def tool_field(tool: dict[str, Any]) -> dict[str, Any]:
    """A function tool as the resource repeats it: what the request may leave out is null there."""
    return {"description": None, "parameters": None, "strict": None, **tool}


def text_field(request: Request) -> dict[str, Any]:
    """How the text was to look (spec: TextField)."""
    text: dict[str, Any] = {"format": format_field(request.text_format)}
    if request.verbosity is not None:
        text["verbosity"] = request.verbosity
    return text


def format_field(text_format: dict[str, Any] | None) -> dict[str, Any]:
    """A text format as the resource repeats it. The spec's resource has null in place of a JSON schema."""
    if text_format is None:
        return {"type": "text"}
    if text_format.get("type") != "json_schema":
        return text_format
    return {"description": None, "strict": True, **text_format, "schema": None}


def output(transcript: Transcript) -> list[dict[str, Any]]:
    """The output items as they stand."""
    sealed = SEALED in transcript.request.include
    return [item_field(item, sealed=sealed) for item in transcript.items]


def item_field(item: Item, *, sealed: bool = False) -> dict[str, Any]:
    """An output item as it stands (spec: Message, FunctionCall, ReasoningBody).

    `sealed`: thoughts that are complete come in `encrypted_content` too, which the protocol takes back.
    """
    added = item.added
    if item.kind == "function_call":
        return {
            "type": "function_call",
            "id": added.item_id,
            "call_id": added.call_id,
            "name": added.name,
            "arguments": item.parts[0].text(),
            "status": item.status,
        }
    parts = [part_field(part) for part in item.parts]
    if item.kind == "reasoning":
        thoughts = {"type": "reasoning", "id": added.item_id, "summary": [], "content": parts}
        if sealed and item.status != "in_progress":
            thoughts["encrypted_content"] = seal("".join(part["text"] for part in parts))
        return thoughts
    return {"type": "message", "id": added.item_id, "status": item.status, "role": "assistant", "content": parts}


def new_item_field(item: Item) -> dict[str, Any]:
    """An output item as it was when it was added: nothing in it yet."""
    return item_field(Item(item.added, item.index))


def part_field(part: Part) -> dict[str, Any]:
    """A content part as it stands (spec: OutputTextContent, ReasoningTextContent, RefusalContent)."""
    return _part_field(part.kind, part.text(), part.logprobs())


def new_part_field(part: Part) -> dict[str, Any]:
    """A content part as it was when it was added."""
    return _part_field(part.kind, "", [])


def _part_field(kind: str, text: str, logprobs: list[Logprob]) -> dict[str, Any]:
    if kind == "output_text":
        return {"type": kind, "text": text, "annotations": [], "logprobs": logprob_fields(logprobs)}
    return {"type": kind, "refusal" if kind == "refusal" else "text": text}


def logprob_fields(logprobs: list[Logprob]) -> list[dict[str, Any]]:
    """Log probabilities with the bytes of each token (spec: LogProb)."""
    return [
        {
            **_token_fields(logprob.token, logprob.logprob),
            "top_logprobs": [_token_fields(token, value) for token, value in logprob.top],
        }
        for logprob in logprobs
    ]


def _token_fields(token: str, logprob: float) -> dict[str, Any]:
    return {"token": token, "logprob": max(logprob, LOWEST_LOGPROB), "bytes": list(token.encode())}


def input_items(request: Request, *, whole: bool = False) -> list[dict[str, Any]]:
    """The request's own input, without the context it goes on from, as items with an id and a status. `whole`: with it.

    An item that came without an id gets one that is the same at every reading.
    """
    own = request.input if whole else request.input[len(request.input) - request.own_input:]
    stem = request.response_id.removeprefix("resp_")
    return [shown_item(item, f"{stem}i{index}") for index, item in enumerate(own)]


_ID_PREFIXES = {
    "message": "msg", "function_call": "fc", "function_call_output": "fco", "reasoning": "rs", "compaction": "cmp"}


def shown_item(item: dict[str, Any], stem: str) -> dict[str, Any]:
    """One item that a request brought; without an id of its own it gets one with this stem."""
    kind = item.get("type", "message")
    shown = {**item, "type": kind, "id": item.get("id") or f"{_ID_PREFIXES.get(kind, 'item')}_{stem}"}
    if kind == "compaction":
        return {"type": kind, "id": shown["id"], "encrypted_content": seal(item["summary"])}
    if kind != "reasoning":  # the spec's reasoning item has no status
        shown["status"] = item.get("status") or "completed"
    if kind == "message":
        shown["content"] = _input_content(item.get("role", "user"), item["content"])
    return shown


def _input_content(role: str, content: Any) -> Any:
    """A message's content as a list of parts, which is how the spec's Message has it."""
    if isinstance(content, str):
        content = [{"type": "output_text" if role == "assistant" else "input_text", "text": content}]
    return [{"annotations": [], **part} if part.get("type") == "output_text" else part for part in content]
