"""The four ways are fair only if all of them ask for the same."""
import json

from tests.load.peers import asking


def test_each_api_is_asked_for_the_same_answer() -> None:
    frame, body, chat = (json.loads(ask("0-1", 7, "m")) for ask in (asking.frame, asking.body, asking.chat))
    assert frame.pop("type") == "response.create"
    assert body.pop("stream") is True
    assert frame == body
    (message,) = chat["messages"]
    assert message == {"role": "user", "content": frame["input"]}
    assert chat["max_completion_tokens"] == chat["min_tokens"] == 7
    assert frame["max_output_tokens"] == frame["min_tokens"] == 7
    assert chat["temperature"] == frame["temperature"] == 0
    assert chat["model"] == frame["model"] == "m"
    assert chat["stream_options"] == {"include_usage": True}
    assert frame["store"] is False
