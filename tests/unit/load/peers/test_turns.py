import json

from tests.load.peers.turns import DONE, ChatTurn, ResponseTurn


def chunk(delta: dict[str, str] | None, **more: object) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": None}]
    return json.dumps({"id": "chatcmpl-1", "choices": choices, **more}, separators=(",", ":")).encode()


def test_an_answer_in_chunks_begins_with_its_first_text_and_is_counted_by_its_usage() -> None:
    turn = ChatTurn()
    began = turn.began
    for delta, after in (({"role": "assistant", "content": ""}, 1), ({"content": ""}, 2), ({"content": "a"}, 3),
                         ({"content": "b"}, 5)):
        assert not turn.hear(chunk(delta), began + after)
    assert not turn.hear(chunk(None, usage={"prompt_tokens": 9, "completion_tokens": 4}), began + 6)
    assert turn.hear(DONE, began + 7)
    answer = turn.answer()
    assert (answer.frames, answer.tokens, answer.error, turn.read) == (2, 4, "", 9)
    assert answer.first_s is not None
    assert answer.last_s is not None
    assert (round(answer.first_s), round(answer.last_s)) == (3, 5)


def test_an_error_in_the_stream_is_the_answers_end() -> None:
    turn = ChatTurn()
    assert turn.hear(b'{"error":{"message":"no","type":"InternalServerError"}}', 1.0)
    assert turn.answer().error == "InternalServerError"


def test_a_responses_end_tells_what_was_read_and_made() -> None:
    turn = ResponseTurn()
    assert not turn.hear(b'{"type":"response.output_text.delta","delta":"x"}', 1.0)
    end = {"type": "response.incomplete", "response": {
        "incomplete_details": {"reason": "max_output_tokens"}, "usage": {"input_tokens": 5, "output_tokens": 3}}}
    assert turn.hear(json.dumps(end, separators=(",", ":")).encode(), 2.0)
    assert (turn.read, turn.answer().tokens, turn.answer().error) == (5, 3, "")
