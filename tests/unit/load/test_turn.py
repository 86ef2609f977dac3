import json

from tests.load.histogram import Histogram
from tests.load.turn import Turn, request


def frame(kind: str, **fields: object) -> bytes:
    return json.dumps({"type": kind, **fields}, separators=(",", ":")).encode()


def delta(number: int) -> bytes:
    return frame("response.output_text.delta", sequence_number=number, delta="x")


def begun(began: float = 10.0) -> Turn:
    turn = Turn(began, Histogram())
    assert not turn.hear(frame("response.created", sequence_number=0, response={"id": "resp_1"}), began + 0.1)
    return turn


def test_an_answer_is_timed_from_when_it_was_due_to_its_terminal_event() -> None:
    turn = begun()
    for n, now in enumerate((10.5, 10.6, 10.9)):
        assert not turn.hear(delta(1001 + n), now)
    assert turn.hear(frame("response.completed", response={"usage": {"output_tokens": 5}}), 11.0)
    answer = turn.answer()
    assert (answer.first_s, answer.last_s, answer.took_s) == (0.5, 10.9 - 10.0, 1.0)
    assert (answer.tokens, answer.frames, answer.error) == (5, 3, "")
    assert answer.per_token_s is not None
    assert abs(answer.per_token_s - 0.1) < 1e-9
    assert len(turn.gaps) == 2


def test_an_answer_cut_at_its_token_limit_is_what_was_asked_for_and_a_stopped_one_is_not() -> None:
    for reason, error in (("max_output_tokens", ""), ("cancelled", "cancelled")):
        turn = begun()
        assert turn.hear(frame("response.incomplete", response={
            "usage": {"output_tokens": 1}, "incomplete_details": {"reason": reason}}), 11.0)
        assert turn.answer().error == error


def test_errors_are_told_by_their_code() -> None:
    turn = begun()
    assert turn.hear(frame("response.failed", response={"usage": None, "error": {"code": "worker_lost"}}), 11.0)
    assert turn.answer().error == "worker_lost"
    turn = Turn(10.0, Histogram())
    assert turn.hear(frame("error", status=429, error={"code": "queue_full"}), 11.0)
    assert turn.answer().error == "queue_full"


def test_where_to_go_on_is_the_last_number_seen() -> None:
    turn = begun()
    assert turn.place == ("resp_1", 0)
    turn.hear(delta(1007), 10.5)
    assert turn.place == ("resp_1", 1007)


def test_an_answer_that_never_ends_is_unfinished() -> None:
    turn = begun()
    turn.hear(delta(1001), 10.5)
    assert (turn.answer().error, turn.answer().took_s) == ("unfinished", None)


def test_a_request_names_a_model_only_if_one_was_asked_for() -> None:
    assert "model" not in json.loads(request("1", tokens=3, store=False, model=""))
    event = json.loads(request("1", tokens=3, store=False, model="m"))
    assert (event["model"], event["max_output_tokens"], event["min_tokens"], event["store"]) == ("m", 3, 3, False)
