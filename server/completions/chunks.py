"""A response's events as chunks of Chat Completions, out of a transcript's marks and runs; each ready to be sent.

What is the same in all chunks of a part is rendered once; a token costs one string with it.
"""
from typing import Any

import orjson

from relay.events import Created, Ended, ItemAdded, Logprob
from relay.job import Request
from server.common.errors import ApiError
from server.common.filters import http_body
from server.completions import mappers
from server.responses.mappers import failure_of
from server.responses.position import TAKE_BYTES, Position
from server.responses.resource import logprob_fields, snapshot
from server.responses.transcript import Mark, Part, Run, Transcript

Fields = dict[str, Any]
FIELDS = {"output_text": "content", "refusal": "refusal", "reasoning_text": "reasoning_content"}  # of `delta`
PLACE = "\x00"  # where a template is cut; no JSON string has it as it is


class ChunkPosition(Position):
    """A viewer's place in a transcript, which tells what lies behind it as chunks."""

    __slots__ = ("_calls", "_head", "_part", "_tail", "_template", "_usage")

    def __init__(self, request: Request, *, include_usage: bool = False) -> None:
        super().__init__()
        self._usage = include_usage
        self._template = _template(request, include_usage=include_usage)
        self._calls = 0  # function calls that have begun
        self._part: Part | None = None  # what head and tail are made for
        self._head = self._tail = b""

    def take(self, transcript: Transcript) -> tuple[list[bytes], int]:
        """Chunks of what has not been told, about TAKE_BYTES; and how many events went out in another's chunk."""
        steps = transcript.steps
        chunks: list[bytes] = []
        size = merged = 0
        while size < TAKE_BYTES and not self.at_end(transcript):
            step = steps[self.step]
            if isinstance(step, Mark):
                new = self._mark_chunks(transcript, step)
                self.step += 1
                self.number = step.last
            else:
                new, events = self._take_run(step)
                merged += max(0, events - 1)
                if self.step + 1 < len(steps):  # it grows no more
                    self.step += 1
                    self.index = 0
            size += sum(map(len, new))
            chunks += new
        return chunks, merged

    def _take_run(self, run: Run) -> tuple[list[bytes], int]:
        index, self.index = self.index, run.last - run.first + 1
        if index == self.index:
            return [], 0
        self.number = run.last
        return [self._delta(run.part, run.text(index), run.logprobs(index))], self.index - index

    def _delta(self, part: Part, text: str, logprobs: list[Logprob]) -> bytes:
        if part is not self._part:
            self._part = part
            self._head, self._tail = self._cut(part)
        if logprobs:
            told = {"content": logprob_fields(logprobs), "refusal": None}
            return self._chunk({_field(part): text}, logprobs=told)
        return b"%b%b%b" % (self._head, orjson.dumps(text), self._tail)

    def _cut(self, part: Part) -> tuple[bytes, bytes]:
        """What comes before and after a delta's text."""
        if part.kind == "arguments":
            delta: Fields = {"tool_calls": [{"index": self._calls - 1, "function": {"arguments": PLACE}}]}
        else:
            delta = {_field(part): PLACE}
        head, _, tail = self._chunk(delta).partition(orjson.dumps(PLACE))
        return head, tail

    def _mark_chunks(self, transcript: Transcript, mark: Mark) -> list[bytes]:
        event = mark.event
        if isinstance(event, Created):
            return [self._chunk({"role": "assistant", "content": "", "refusal": None})]
        if isinstance(event, ItemAdded) and event.kind == "function_call":
            self._calls += 1
            function = {"name": event.name, "arguments": ""}
            call = {"index": self._calls - 1, "id": event.call_id, "type": "function", "function": function}
            return [self._chunk({"tool_calls": [call]})]
        return self._last_chunks(transcript.request, event) if isinstance(event, Ended) else []

    def _last_chunks(self, request: Request, ended: Ended) -> list[bytes]:
        response = snapshot(request, ended.status, (), ended)
        if ended.status == "failed":
            return [error_chunk(failure_of(ended.code, ended.message))]
        details = response["incomplete_details"]
        reason = mappers.finish_reason(ended.status, details, calls=self._calls > 0)
        chunks = [self._chunk({}, reason=reason, **mappers.stopped(details))]
        if self._usage:
            chunks.append(_event({**self._template, "choices": [], "usage": mappers.usage(response["usage"])}))
        return chunks

    def _chunk(self, delta: Fields, *, reason: str | None = None, logprobs: Any = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": reason}
        return _event({**self._template, "choices": [choice], **more})


def _template(request: Request, *, include_usage: bool) -> Fields:
    """What is the same in all chunks. Where usage is asked for, those that have none say so."""
    fields = {
        "id": mappers.completion_id(request.response_id),
        "object": "chat.completion.chunk",
        "created": int(request.created_at),
        "model": request.model,
    }
    return {**fields, "usage": None} if include_usage else fields


def _field(part: Part) -> str:
    return FIELDS[part.kind]


def _event(chunk: Fields) -> bytes:
    """A server-sent event. Such JSON has no line breaks in it."""
    return b"data: %b\n\n" % orjson.dumps(chunk)


def error_chunk(error: ApiError) -> bytes:
    """What went wrong after the stream had begun, as OpenAI's SDKs read it."""
    return _event(http_body(error, "sse"))
