"""The resource and its items, against the specification and against plain examples."""
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.cursor import Gap
from relay.events import AnyEvent, Delta, Done, InProgress, ItemAdded, ItemDone, Logprob, PartAdded, PartDone
from relay.job import Sampling
from relay.records import Record
from server.responses.opaque import unseal
from server.responses.resource import (
    fold,
    format_field,
    input_items,
    new_item_field,
    new_part_field,
    output,
    part_field,
    resource,
    tool_field,
)
from server.responses.transcript import Transcript
from tests import spec
from tests.unit.server.responses.story import a_request, an_end, message, numbered, stories, told, unhurried


def test_a_finished_response() -> None:
    made = fold(a_request(), told("Hel", "lo"))
    spec.check("ResponseResource", made)
    assert made["status"] == "completed"
    assert made["created_at"] == 1_700_000_000
    assert made["completed_at"] == 1_700_000_009
    assert made["output"] == [{
        "type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
        "content": [{"type": "output_text", "text": "Hello", "annotations": [], "logprobs": []}],
    }]
    assert made["usage"] == {
        "input_tokens": 5, "input_tokens_details": {"cached_tokens": 1},
        "output_tokens": 7, "output_tokens_details": {"reasoning_tokens": 2}, "total_tokens": 12,
    }


def test_records_may_overlap_but_not_lack_anything() -> None:
    records = told("a", "b", "c")
    assert fold(a_request(), [*records[:5], *records[2:]]) == fold(a_request(), records)
    with pytest.raises(Gap):
        fold(a_request(), [*records[:4], *records[5:]])


@pytest.mark.parametrize(("events", "status"), [([], "queued"), ([InProgress(1.0)], "in_progress")])
def test_a_response_that_has_not_ended(events: list[InProgress], status: str) -> None:
    made = fold(a_request(), numbered([*events]))
    spec.check("ResponseResource", made)
    assert made["status"] == status
    assert [made[name] for name in ("usage", "completed_at", "error", "incomplete_details")] == [None] * 4


def test_why_it_stopped() -> None:
    stopped = fold(a_request(), numbered([InProgress(1.0), an_end("incomplete", reason="cancelled")]))
    assert stopped["incomplete_details"] == {"reason": "cancelled"}
    assert stopped["completed_at"] is None
    failed = fold(a_request(), numbered([an_end("failed", code="worker_lost", message="Gone.")]))
    assert failed["error"] == {"code": "worker_lost", "message": "Gone."}
    for made in (stopped, failed):
        spec.check("ResponseResource", made)


def test_it_repeats_the_request() -> None:
    made = fold(
        a_request(
            instructions="Be brief.",
            sampling=Sampling(temperature=0.0, top_p=0.9, max_output_tokens=5, top_logprobs=2),
            tools=[{"type": "function", "name": "f"}], store=False, text_format={"type": "json_object"},
            echo={"previous_response_id": "resp_1", "metadata": {"a": "b"}, "status": "not this"},
        ),
        told("x"),
    )
    spec.check("ResponseResource", made)
    expected = {
        "instructions": "Be brief.", "temperature": 0.0, "top_p": 0.9, "presence_penalty": 0.0, "max_output_tokens": 5,
        "top_logprobs": 2, "store": False, "text": {"format": {"type": "json_object"}}, "status": "completed",
        "previous_response_id": "resp_1", "metadata": {"a": "b"},
        "tools": [{"type": "function", "name": "f", "description": None, "parameters": None, "strict": None}],
    }
    assert {name: made[name] for name in expected} == expected


def test_tools_and_formats_keep_what_they_say() -> None:
    tool = {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}, "strict": True}
    assert tool_field(tool) == tool
    assert format_field(None) == {"type": "text"}
    form = format_field({"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": False})
    assert form == {"type": "json_schema", "name": "n", "description": None, "schema": None, "strict": False}
    spec.check("JsonSchemaResponseFormat", form)


def test_items_of_every_kind() -> None:
    events: list[AnyEvent] = [
        InProgress(1.0),
        ItemAdded("rs_1", "reasoning"), PartAdded("reasoning_text"), Delta("hm"), Done(), PartDone(), ItemDone(),
        ItemAdded("msg_1", "message"), PartAdded("refusal"), Delta("No."), Done(), PartDone(), ItemDone("incomplete"),
        ItemAdded("fc_1", "function_call", "f", "call_1"), Delta('{"a"'), Delta(":1}"), Done(), ItemDone(),
    ]
    transcript = Transcript(a_request())
    for record in numbered(events):
        transcript.add(record)
    items = output(transcript)
    for item in items:
        spec.check("ItemField", item)
    assert items == [
        {"type": "reasoning", "id": "rs_1", "summary": [], "content": [{"type": "reasoning_text", "text": "hm"}]},
        {"type": "message", "id": "msg_1", "status": "incomplete", "role": "assistant",
         "content": [{"type": "refusal", "refusal": "No."}]},
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": '{"a":1}',
         "status": "completed"},
    ]


def test_thoughts_come_sealed_where_that_is_asked_for() -> None:
    thought: list[AnyEvent] = [
        ItemAdded("rs_1", "reasoning"), PartAdded("reasoning_text"), Delta("hm"), Done(), PartDone()]
    include = ["reasoning.encrypted_content"]
    [begun] = fold(a_request(include=include), numbered([InProgress(1.0), *thought]))["output"]
    assert "encrypted_content" not in begun
    records = numbered([InProgress(1.0), *thought, ItemDone(), *message("x"), an_end()])
    made = fold(a_request(include=include), records)
    spec.check("ResponseResource", made)
    assert unseal(made["output"][0]["encrypted_content"]) == "hm"
    assert "encrypted_content" not in fold(a_request(), records)["output"][0]


def test_log_probabilities_have_bytes_and_no_infinity() -> None:
    delta = Delta("é", [1], [Logprob("é", -0.5, [("e", float("-inf"))])])
    plain = message("x")
    records = numbered([InProgress(1.0), *plain[:3], delta, *plain[3:], an_end()])
    made = fold(a_request(), records)
    spec.check("ResponseResource", made)
    assert made["output"][0]["content"][0]["logprobs"] == [{
        "token": "é", "logprob": -0.5, "bytes": [195, 169],
        "top_logprobs": [{"token": "e", "logprob": -9999.0, "bytes": [101]}],
    }]


EMPTY: dict[str, dict[str, Any]] = {
    "output_text": {"text": "", "logprobs": []}, "reasoning_text": {"text": ""}, "refusal": {"refusal": ""}
}


@unhurried
@given(stories(), st.data())
def test_any_state_of_any_response_fits_the_specification(records: list[Record], data: st.DataObject) -> None:
    transcript = Transcript(a_request())
    cut = data.draw(st.integers(1, len(records)))
    for record in records[:cut]:
        transcript.add(record)
    spec.check("ResponseResource", resource(transcript))
    for item in transcript.items:
        spec.check("ItemField", new_item_field(item))
        for part in item.parts:
            if part.kind != "arguments":
                assert new_part_field(part) == {**part_field(part), **EMPTY[part.kind]}


def test_own_input_has_ids_and_no_context() -> None:
    context = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "before"}]}
    own: list[dict[str, Any]] = [
        {"role": "user", "content": "plain"},
        {"type": "message", "id": "msg_mine", "role": "assistant", "content": [{"type": "output_text", "text": "a"}],
         "status": "incomplete"},
        {"type": "message", "role": "assistant", "content": "plain"},
        {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "1"},
        {"type": "reasoning", "summary": []},
        {"type": "compaction", "summary": "so far"},
        {"type": "message", "role": "assistant", "phase": "commentary", "content": []},
        {"type": "message", "role": "user",
         "content": [{"type": "input_image", "image_url": "data:image/png;base64,AAAA", "detail": "auto"}]},
    ]
    request = a_request(input=[context, *own], own_input=len(own))
    items = input_items(request)
    for item in items:
        spec.check("ItemField", item)
    assert [item["id"] for item in items] == [
        "msg_0123i0", "msg_mine", "msg_0123i2", "msg_0123i3", "fc_0123i4", "fco_0123i5", "rs_0123i6", "cmp_0123i7",
        "msg_0123i8", "msg_0123i9",
    ]
    assert [item.get("status") for item in items] == [
        "completed", "incomplete", "completed", "completed", "completed", "completed", None, None, "completed",
        "completed",
    ]
    assert unseal(items[7]["encrypted_content"]) == "so far"
    assert items[8]["phase"] == "commentary"
    assert items[0]["content"] == [{"type": "input_text", "text": "plain"}]
    assert items[1]["content"] == [{"type": "output_text", "text": "a", "annotations": []}]
    assert items == input_items(request)
    assert input_items(a_request(own_input=0)) == []
