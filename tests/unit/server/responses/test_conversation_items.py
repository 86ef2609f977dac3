"""Items as conversations hold them."""
from typing import Any

import pytest

from server.common.errors import BadRequest, Code
from server.responses.conversation_items import context, given
from server.responses.opaque import seal


def test_what_is_given_is_shown_in_full() -> None:
    [message, call, output] = given([
        {"role": "user", "content": "Hi"},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "42"}], "items", 3)
    assert message["content"] == [{"type": "input_text", "text": "Hi"}]
    assert [item["status"] for item in (message, call, output)] == ["completed"] * 3
    assert context(output) == {"type": "function_call_output", "id": output["id"], "call_id": "c", "output": "42"}


def test_an_answer_that_is_brought_in_again_is_the_same_context() -> None:
    answer = {
        "type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
        "content": [{"type": "output_text", "text": "Hi", "annotations": [], "logprobs": []}]}
    [shown] = given([answer], "items", 1)
    assert context(shown) == context(answer) == {
        "type": "message", "id": "msg_1", "role": "assistant", "content": [{"type": "output_text", "text": "Hi"}]}


def test_what_was_compacted_is_a_summary_again() -> None:
    [shown] = given([{"type": "compaction", "id": "cmp_1", "encrypted_content": seal("All was said.")}], "items", 1)
    assert "summary" not in shown
    assert context(shown) == {"type": "compaction", "id": "cmp_1", "summary": "All was said."}


@pytest.mark.parametrize(("items", "code", "param"), [
    ("x", Code.INVALID_TYPE, "turns[3].items"),
    ([{"role": "user"}], Code.MISSING_REQUIRED_PARAMETER, "turns[3].items[0].content"),
    ([{"role": "user", "content": "x"}] * 3, Code.INVALID_VALUE, "turns[3].items"),
    ([{"type": "item_reference", "id": "msg_1"}], Code.UNSUPPORTED_PARAMETER, "turns[3].items[0]"),
])
def test_what_is_wrong_is_named_where_it_stands(items: Any, code: Code, param: str) -> None:
    with pytest.raises(BadRequest) as refused:
        given(items, "turns[3].items", 2)
    assert (refused.value.code, refused.value.param) == (code, param)
    assert f"`{param}`" in refused.value.message
