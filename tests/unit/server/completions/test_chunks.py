"""A response's events as chunks: whatever the pace, they say what the whole completion says."""
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from relay.events import AnyEvent, Delta, Done, InProgress, ItemAdded, ItemDone, Logprob, PartAdded, PartDone
from relay.records import Record
from server.completions.chunks import ChunkPosition
from server.completions.mappers import completion
from server.responses.feed import Feed
from server.responses.resource import fold
from server.responses.viewer import Viewer
from tests.unit.server.responses.story import (
    a_feed,
    a_request,
    an_end,
    chopped,
    deltas,
    message,
    numbered,
    stories,
    told,
    unhurried,
)


def watch(feed: Feed, *, include_usage: bool = False) -> Viewer:
    return feed.follow(position=ChunkPosition(feed.request, include_usage=include_usage))


def decoded(frames: list[bytes]) -> list[dict[str, Any]]:
    for frame in frames:
        assert frame.startswith(b"data: {")
        assert frame.endswith(b"}\n\n")
        assert frame.count(b"\n") == 2
    return [json.loads(frame.removeprefix(b"data: ")) for frame in frames]


def taken(viewer: Viewer, feed: Feed) -> list[dict[str, Any]]:
    frames: list[bytes] = []
    while not feed.finished(viewer) and (new := feed.take(viewer)):
        frames += new
    return decoded(frames)


def chunks_of(*events: AnyEvent, include_usage: bool = False, **end: object) -> list[dict[str, Any]]:
    feed = a_feed()
    viewer = watch(feed, include_usage=include_usage)
    chunks: list[dict[str, Any]] = []
    for record in numbered([InProgress(1.0), *events, an_end(**end)]):  # type: ignore[arg-type]
        feed.apply(record, 0.0)
        chunks += decoded(feed.take(viewer))
    return chunks


def assembled(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """What a client makes of them: the message, the finish reason and log probabilities."""
    message: dict[str, Any] = {"content": "", "refusal": "", "reasoning_content": "", "calls": []}
    logprobs: list[Any] = []
    reason = None
    for chunk in chunks:
        for choice in chunk["choices"]:
            delta = choice["delta"]
            for name in ("content", "refusal", "reasoning_content"):
                message[name] += delta.get(name) or ""
            for call in delta.get("tool_calls", []):
                if call["index"] == len(message["calls"]):
                    message["calls"].append([call["id"], call["function"]["name"], ""])
                message["calls"][call["index"]][2] += call["function"]["arguments"]
            logprobs += (choice["logprobs"] or {}).get("content", [])
            reason = choice["finish_reason"] or reason
    return {**message, "logprobs": logprobs, "reason": reason}


def of_completion(whole: dict[str, Any]) -> dict[str, Any]:
    [choice] = whole["choices"]
    message = choice["message"]
    calls = [[call["id"], *call["function"].values()] for call in message.get("tool_calls", [])]
    return {
        **{name: message.get(name) or "" for name in ("content", "refusal", "reasoning_content")}, "calls": calls,
        "logprobs": (choice["logprobs"] or {}).get("content", []), "reason": choice["finish_reason"],
    }


@unhurried
@given(stories(), st.data())
def test_whatever_the_pace_chunks_say_what_the_completion_says(records: list[Record], data: st.DataObject) -> None:
    sizes = iter(lambda: data.draw(st.integers(1, 5)), None)
    feed = a_feed(a_request(response_id=records[0].response_id))
    quick, slow = watch(feed), watch(feed)
    mine: list[dict[str, Any]] = []
    for record in chopped(records, sizes):
        feed.apply(record, 0.0)
        mine += decoded(feed.take(quick))
    late = taken(slow, feed)
    response = fold(feed.request, records)
    if response["status"] == "failed":
        assert mine[-1] == late[-1]
        assert set(mine[-1]) == {"error"}
        return
    whole = completion(response)
    for chunks in (mine, late):
        assert assembled(chunks) == of_completion(whole)
        assert {chunk["id"] for chunk in chunks} == {whole["id"]}


def test_the_shape_of_each_chunk() -> None:
    chunks = chunks_of(*message("A", "B"))
    same = {"id": "chatcmpl-0123", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "tiny"}

    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        return {**same, "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]}

    assert chunks == [
        chunk({"role": "assistant", "content": "", "refusal": None}),
        chunk({"content": "A"}), chunk({"content": "B"}), chunk({}, "stop")]


def test_usage_is_told_last_where_it_is_asked_for() -> None:
    *others, last = chunks_of(*message("A"), include_usage=True)
    assert last["choices"] == []
    assert (last["usage"]["prompt_tokens"], last["usage"]["completion_tokens"]) == (5, 7)
    assert [chunk["usage"] for chunk in others] == [None] * 3
    assert all("usage" not in chunk for chunk in chunks_of(*message("A")))


def test_calls_are_counted_and_named_once() -> None:
    chunks = chunks_of(
        *message("A"), ItemAdded("fc_1", "function_call", "f", "call_1"), *deltas('{"a"', ":1}"), Done(), ItemDone(),
        ItemAdded("fc_2", "function_call", "g", "call_2"), *deltas("{}"), Done(), ItemDone())
    calls = [call for chunk in chunks for call in chunk["choices"][0]["delta"].get("tool_calls", [])]
    assert calls == [
        {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"a"'}},
        {"index": 0, "function": {"arguments": ":1}"}},
        {"index": 1, "id": "call_2", "type": "function", "function": {"name": "g", "arguments": ""}},
        {"index": 1, "function": {"arguments": "{}"}},
    ]
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_log_probabilities_come_with_their_text() -> None:
    chunks = chunks_of(
        ItemAdded("msg_1", "message"), PartAdded("output_text"), Delta("A", [1], [Logprob("A", -0.5)]), Delta("B"),
        Done(), PartDone(), ItemDone())
    assert [chunk["choices"][0]["logprobs"] for chunk in chunks] == [
        None, {"content": [{"token": "A", "logprob": -0.5, "bytes": [65], "top_logprobs": []}], "refusal": None},
        None, None]


def test_one_that_was_stopped_says_so() -> None:
    last = chunks_of(*message("A"), status="incomplete", reason="cancelled")[-1]
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["parley:incomplete_details"] == {"reason": "cancelled"}


def test_one_that_failed_ends_with_an_error() -> None:
    last = chunks_of(*message("A"), status="failed", code="worker_lost", message="Gone.")[-1]
    assert last == {"error": {"type": "server_error", "code": "worker_lost", "message": "Gone.", "param": None}}


def test_beside_viewers_of_the_protocol_each_is_told_its_own() -> None:
    feed = a_feed()
    ours, theirs, others = watch(feed), feed.follow(), watch(feed, include_usage=True)
    for record in told("A", "B"):
        feed.apply(record, 0.0)
    assert assembled(taken(ours, feed))["content"] == "AB"
    assert json.loads(feed.take(theirs)[0])["type"] == "response.created"
    assert taken(others, feed)[-1]["usage"]["total_tokens"] == 12
