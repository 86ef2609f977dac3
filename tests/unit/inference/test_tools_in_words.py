from typing import Any

from inference.parsing.hermes import Hermes
from inference.tools_in_words import in_words
from tests.unit.inference.parsing.whole import call, read

LOOK: dict[str, Any] = {
    "type": "function", "name": "look", "description": "Looks at {it}.", "parameters": {"type": "object"},
    "strict": None}
CALL: dict[str, Any] = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"at": "the sea"}'}}
USER = {"role": "user", "content": "Hi"}


def test_tools_are_told_at_the_beginning() -> None:
    system, user = in_words([USER], [LOOK, {"type": "function", "name": "wait"}])
    assert user == USER
    assert system["role"] == "system"
    lines = system["content"].splitlines()
    assert '{"name": "look", "description": "Looks at {it}.", "parameters": {"type": "object"}}' in lines
    assert '{"name": "wait"}' in lines
    assert '{"name": "the name", "arguments": {}}' in lines


def test_what_the_system_says_comes_before_them() -> None:
    told = in_words([{"role": "system", "content": "Be kind."}, USER], [LOOK])
    assert [message["role"] for message in told] == ["system", "user"]
    assert told[0]["content"].startswith("Be kind.\n\n")


def test_without_tools_nothing_is_told_of_them() -> None:
    assert in_words([USER], []) == [USER]


def test_calls_and_results_become_text() -> None:
    messages: list[dict[str, Any]] = [
        USER, {"role": "assistant", "content": "Well:", "tool_calls": [CALL, CALL]},
        {"role": "tool", "tool_call_id": "c1", "content": "42"},
        {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "43"}]},
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
    ]
    _, said, results, alone = in_words(messages, [])
    assert said["role"] == "assistant"
    arguments = CALL["function"]["arguments"]
    assert read(Hermes(), said["content"].removeprefix("Well:")) == call("look", arguments) * 2
    assert results == {
        "role": "user",
        "content": "<tool_response>\n42\n</tool_response>\n<tool_response>\n43\n</tool_response>"}
    assert alone["content"].startswith("<tool_call>")
    assert messages[1]["tool_calls"] == [CALL, CALL]
