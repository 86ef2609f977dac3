"""Messages as items, a response as a completion, and errors by the completion's names."""
from typing import Any

import pytest

from relay.events import AnyEvent, Delta, Done, InProgress, ItemAdded, ItemDone, Logprob, PartAdded, PartDone
from server.common.errors import ApiError, BadRequest, Code, NotFound
from server.completions.mappers import completion, completion_id, renamed
from server.responses.mappers import input_items, sampling, text_format, tool_choice
from server.responses.resource import fold
from tests.unit.server.completions.asking import asked, parsed
from tests.unit.server.responses.story import a_request, an_end, deltas, message, numbered


def call(call_id: str, name: str, arguments: str) -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def test_messages_of_every_role() -> None:
    made = asked(
        {"role": "system", "content": "Be short."},
        {"role": "developer", "content": [{"type": "text", "text": "Be kind."}]},
        {"role": "user", "content": "What is the weather?"},
        {"role": "assistant", "content": "Let me see.", "refusal": "No.", "reasoning_content": "Hm.", "tool_calls": [
            call("call_1", "weather", '{"at": "Paris"}'), call("call_2", "weather", '{"at": "Rome"}')]},
        {"role": "tool", "tool_call_id": "call_1", "content": "rain", "name": "weather"},
        {"role": "tool", "tool_call_id": "call_2", "content": [{"type": "text", "text": "sun"}]},
        {"role": "assistant", "content": None, "tool_calls": [call("call_3", "f", "")], "annotations": [],
         "function_call": None, "audio": None, "parsed": None},
    )
    assert input_items(made) == [
        {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "Be short."}]},
        {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "Be kind."}]},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is the weather?"}]},
        {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm."}]},
        {"type": "message", "role": "assistant", "content": [
            {"type": "output_text", "text": "Let me see."}, {"type": "refusal", "refusal": "No."}]},
        {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": '{"at": "Paris"}'},
        {"type": "function_call", "call_id": "call_2", "name": "weather", "arguments": '{"at": "Rome"}'},
        {"type": "function_call_output", "call_id": "call_1", "output": "rain"},
        {"type": "function_call_output", "call_id": "call_2", "output": [{"type": "input_text", "text": "sun"}]},
        {"type": "function_call", "call_id": "call_3", "name": "f", "arguments": ""},
    ]


def test_what_is_asked_of_the_sampling() -> None:
    made = asked(
        temperature=0.5, top_p=0.9, presence_penalty=1, frequency_penalty=-1, seed=7, stop="END", max_tokens=3,
        logprobs=True, top_logprobs=2, top_k=5, min_p=0.1, repetition_penalty=1.1, min_tokens=2)
    chosen = sampling(made)
    assert (chosen.temperature, chosen.top_p, chosen.presence_penalty, chosen.frequency_penalty) == (0.5, 0.9, 1, -1)
    assert (chosen.seed, chosen.stop, chosen.max_output_tokens, chosen.min_tokens) == (7, ["END"], 3, 2)
    assert (chosen.logprobs, chosen.top_logprobs) == (True, 2)
    assert (chosen.top_k, chosen.min_p, chosen.repetition_penalty) == (5, 0.1, 1.1)
    assert sampling(asked(max_completion_tokens=100, logprobs=True)).max_output_tokens == 100
    assert sampling(asked(logprobs=True)).logprobs
    assert not sampling(asked(logprobs=False)).logprobs


def test_the_other_fields_that_a_response_has() -> None:
    made = asked(
        model="tiny", store=True, stream=True, metadata={"a": "b"}, user="me", safety_identifier="s",
        prompt_cache_key="p", service_tier="auto", parallel_tool_calls=False, idempotency_key="k",
        stream_options={"include_usage": True})
    assert (made.model, made.store, made.stream, made.metadata, made.user) == ("tiny", True, True, {"a": "b"}, "me")
    assert (made.safety_identifier, made.prompt_cache_key, made.service_tier) == ("s", "p", "auto")
    assert (made.parallel_tool_calls, made.idempotency_key) == (False, "k")
    assert asked().store is False


def test_tools_and_the_choice_among_them() -> None:
    function = {"name": "f", "description": "d", "parameters": {"type": "object"}}
    made = asked(tools=[{"type": "function", "function": function}, {"type": "function", "function": {
        "name": "g", "strict": True}}], tool_choice={"type": "function", "function": {"name": "g"}})
    assert made.tools is not None
    assert [tool.model_dump() for tool in made.tools] == [
        {"type": "function", **function, "strict": False},
        {"type": "function", "name": "g", "description": None, "parameters": None, "strict": True}]
    assert tool_choice(made) == {"type": "function", "name": "g"}
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "f"}}]}
    made = asked(
        tools=[{"type": "function", "function": function}],
        tool_choice={"type": "allowed_tools", "allowed_tools": allowed})
    assert tool_choice(made) == {
        "type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]}


def test_images_and_thinking() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}}
    question = {"type": "text", "text": "What is it?"}
    made = asked({"role": "user", "content": [question, picture]}, reasoning_effort="low")
    [item] = input_items(made)
    assert item["content"][1] == {
        "type": "input_image", "image_url": "data:image/png;base64,AA==", "detail": "low"}
    assert made.reasoning is not None
    assert made.reasoning.effort == "low"


def test_how_the_text_is_to_look() -> None:
    schema = {"type": "object"}
    named = {"name": "n", "schema": schema, "strict": True}
    assert text_format(asked(response_format={"type": "json_schema", "json_schema": named})) == {
        "type": "json_schema", **named}
    bare = {"type": "json_schema", "json_schema": {"name": "n"}}
    assert text_format(asked(response_format=bare)) == {"type": "json_schema", "name": "n", "schema": {}}
    assert text_format(asked(response_format={"type": "json_object"})) == {"type": "json_object"}
    assert text_format(asked(response_format={"type": "text"})) is None
    assert text_format(asked(verbosity="medium")) is None


def folded(*events: AnyEvent, **fields: object) -> dict[str, Any]:
    end = {name: fields.pop(name) for name in ("status", "reason", "code", "message") if name in fields}
    return fold(a_request(**fields), numbered([InProgress(1.0), *events, an_end(**end)]))  # type: ignore[arg-type]


def test_an_answer() -> None:
    made = completion(folded(*message("Hel", "lo")))
    assert made == {
        "id": "chatcmpl-0123", "object": "chat.completion", "created": 1_700_000_000, "model": "tiny",
        "choices": [{
            "index": 0, "logprobs": None, "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Hello", "refusal": None},
        }],
        "usage": {
            "prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12,
            "prompt_tokens_details": {"cached_tokens": 1}, "completion_tokens_details": {"reasoning_tokens": 2},
        },
        "service_tier": "default", "system_fingerprint": None,
    }


def test_an_answer_of_every_kind_of_item() -> None:
    reasoning: list[AnyEvent] = [
        ItemAdded("rs_1", "reasoning"), PartAdded("reasoning_text"), *deltas("Hm"), Done(), PartDone(), ItemDone()]
    refusal: list[AnyEvent] = [
        ItemAdded("msg_2", "message"), PartAdded("refusal"), *deltas("No"), Done(), PartDone(), ItemDone()]
    calling: list[AnyEvent] = [
        ItemAdded("fc_1", "function_call", "f", "call_1"), *deltas("{", "}"), Done(), ItemDone()]
    [choice] = completion(folded(*reasoning, *message("A"), *message("B"), *refusal, *calling))["choices"]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"] == {
        "role": "assistant", "content": "AB", "refusal": "No", "reasoning_content": "Hm",
        "tool_calls": [call("call_1", "f", "{}")],
    }
    [choice] = completion(folded(*calling))["choices"]
    assert choice["message"]["content"] is None


def test_log_probabilities() -> None:
    delta = Delta("A", [1], [Logprob("A", -0.5, [("B", -1.0)])])
    [choice] = completion(folded(
        ItemAdded("msg_1", "message"), PartAdded("output_text"), delta, Done(), PartDone(), ItemDone()))["choices"]
    assert choice["logprobs"] == {"refusal": None, "content": [
        {"token": "A", "logprob": -0.5, "bytes": [65], "top_logprobs": [
            {"token": "B", "logprob": -1.0, "bytes": [66]}]}]}


@pytest.mark.parametrize(("reason", "finish", "more"), [
    ("max_output_tokens", "length", {}),
    ("content_filter", "content_filter", {}),
    ("cancelled", "stop", {"parley:incomplete_details": {"reason": "cancelled"}}),
])
def test_why_it_ended_early(reason: str, finish: str, more: dict[str, Any]) -> None:
    made = completion(folded(*message("A"), status="incomplete", reason=reason))
    assert made["choices"][0]["finish_reason"] == finish
    assert {name: value for name, value in made.items() if name.startswith("parley:")} == more


def test_one_without_a_word_has_an_empty_text() -> None:
    [choice] = completion(folded(status="incomplete", reason="cancelled"))["choices"]
    assert choice["message"]["content"] == ""


@pytest.mark.parametrize(("code", "known"), [("engine_error", Code.ENGINE_ERROR), ("odd", Code.INTERNAL_ERROR)])
def test_a_failure_is_an_error_whatever_was_said(code: str, known: Code) -> None:
    with pytest.raises(ApiError) as caught:
        completion(folded(*message("A"), status="failed", code=code, message="No."))
    assert (caught.value.code, caught.value.message) == (known, "No.")


def test_the_two_ids_are_one() -> None:
    assert completion_id("resp_0abc") == "chatcmpl-0abc"


@pytest.mark.parametrize(("param", "name"), [
    ("model", "model"),
    ("input", "messages"),
    ("input[2]", "messages[1]"),
    ("input[3].content[0].type", "messages[2].content[0].type"),
    ("text.format", "response_format"),
    ("text.format.schema", "response_format.json_schema.schema"),
    ("text.verbosity", "verbosity"),
    ("reasoning", "reasoning_effort"),
    ("reasoning.effort", "reasoning_effort"),
    ("max_output_tokens", "max_completion_tokens"),
    ("include[0]", "logprobs"),
    ("tools", "tools"),
    ("tools[4].parameters.a", "tools[4].function.parameters.a"),
    ("tools[4].type", "tools[4].type"),
    ("tool_choice.name", "tool_choice.function.name"),
    ("tool_choice.tools[0]", "tool_choice.allowed_tools.tools[0]"),
    ("tool_choice.tools[0].name", "tool_choice.allowed_tools.tools[0].function.name"),
])
def test_errors_have_the_names_of_the_request(param: str, name: str) -> None:
    create = parsed(
        {"role": "system", "content": "A"},
        {"role": "assistant", "content": "B", "tool_calls": [call("call_1", "f", "")]},
        {"role": "user", "content": "C"})
    error = renamed(BadRequest(Code.INVALID_VALUE, f"`{param}` is wrong.", param), create)
    assert (error.param, error.message, type(error)) == (name, f"`{name}` is wrong.", BadRequest)


def test_an_error_without_a_name_stays_as_it_is() -> None:
    error = NotFound(Code.MODEL_NOT_FOUND, "No.")
    assert renamed(error, parsed()) is error
