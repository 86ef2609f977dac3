"""One WebSocket's state machine: frames in, actions out."""
import json
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.common.errors import BadRequest, Code, Failure, NotFound, Unavailable
from server.responses.chains import Past
from server.responses.session import Session, SessionLimits, in_lane
from server.responses.turns import Action, Cancel, Close, Send, Start, Turn

LIMITS = SessionLimits(
    max_message_bytes=1000, max_lanes=4, max_in_flight_lanes=3, max_queued_turns=2, max_queued_bytes=200
)


@pytest.fixture
def session() -> Session:
    return Session(LIMITS)


def say(session: Session, **event: Any) -> list[Action]:
    return session.receive_text(json.dumps(event))


def create(session: Session, lane: str | None = None, **fields: Any) -> list[Action]:
    event = {"type": "response.create", "input": "hi", **fields}
    return say(session, **event) if lane is None else say(session, **event, stream_id=lane)


def started(actions: list[Action]) -> Turn:
    [action] = actions
    assert isinstance(action, Start)
    return action.turn


def told(actions: list[Action]) -> tuple[str, str | None, str | None]:
    """The code, param and lane of the one error among actions."""
    [frame] = [action.frame for action in actions if isinstance(action, Send)]
    assert frame["type"] == "error"
    assert set(frame["error"]) == {"type", "code", "message", "param"}
    return frame["error"]["code"], frame["error"]["param"], frame.get("stream_id")


def past(name: str) -> Past:
    return Past(name, [], 10)


def test_a_create_starts_a_turn(session: Session) -> None:
    turn = started(create(session, temperature=0.5))
    assert turn.lane is None
    assert turn.create is not None
    assert turn.create.temperature == 0.5
    assert (turn.hash, turn.parent, turn.past) == ("", None, None)


@pytest.mark.parametrize("stream", [True, False, None, "yes", {}])
def test_a_stream_field_is_tolerated_whatever_is_in_it(session: Session, stream: object) -> None:
    assert started(create(session, stream=stream)).error is None


def test_turns_without_stream_id_run_one_after_another(session: Session) -> None:
    first = started(create(session))
    assert create(session, temperature=0) == []
    assert create(session, temperature=1) == []
    second = started(session.ended(first, None))
    assert second.create is not None
    assert second.create.temperature == 0
    third = started(session.ended(second, None))
    assert session.ended(third, None) == []
    assert session.queued_bytes == 0
    assert started(create(session)).error is None


def test_lanes_run_side_by_side(session: Session) -> None:
    turns = [started(create(session, lane)) for lane in ("a", "b")] + [started(create(session))]
    assert [turn.lane for turn in turns] == ["a", "b", None]
    assert create(session, "a") == []
    assert session.ended(turns[1], None) == []
    assert started(session.ended(turns[0], None)).lane == "a"


def test_so_many_lanes_in_flight_and_no_more(session: Session) -> None:
    turns = [started(create(session, lane)) for lane in "abc"]
    assert told(create(session, "d")) == ("too_many_in_flight_lanes", "stream_id", "d")
    assert started(create(session)).lane is None  # turns without stream_id are not a lane
    session.ended(turns[0], None)
    assert started(create(session, "d")).lane == "d"


def test_so_many_lanes_and_no_more(session: Session) -> None:
    started(create(session))
    for lane in "abcd":
        session.ended(started(create(session, lane)), None)
    assert told(create(session, "e")) == ("too_many_lanes", "stream_id", "e")
    assert started(create(session, "d")).lane == "d"


def test_an_event_that_is_refused_opens_no_lane(session: Session) -> None:
    for lane in "abcdefg":
        assert told(say(session, type="nonsense", stream_id=lane))[0] == "unknown_event"
    assert started(create(session, "h")).lane == "h"


def test_so_many_turns_wait_and_no_more(session: Session) -> None:
    started(create(session, "a"))
    assert create(session, "a") == []
    assert create(session, "a") == []
    assert told(create(session, "a")) == ("too_many_queued_turns", None, "a")


def test_waiting_turns_are_bounded_by_bytes_over_all_lanes(session: Session) -> None:
    first = started(create(session, "a"))
    started(create(session, "b"))
    assert create(session, "a", instructions="x" * 100) == []
    assert told(create(session, "b", instructions="x" * 100))[0] == "too_many_queued_turns"
    started(session.ended(first, None))
    assert create(session, "b", instructions="x" * 100) == []


def test_a_bad_create_is_answered_with_its_lane(session: Session) -> None:
    assert told(create(session, "a", temperature=3)) == ("invalid_value", "temperature", "a")
    assert told(create(session, temperature=3)) == ("invalid_value", "temperature", None)
    assert started(create(session, "a")).error is None


def test_errors_of_turns_keep_their_place(session: Session) -> None:
    first = started(create(session))
    assert create(session, input="") == []
    assert create(session, n=2) == []
    actions = session.ended(first, None)
    assert [action.frame["error"]["code"] for action in actions if isinstance(action, Send)] == [
        "empty_input", "unsupported_parameter"]
    assert len(actions) == 2
    assert started(create(session)).error is None


@pytest.mark.parametrize(
    ("text", "code", "param", "lane"),
    [
        ("{", "invalid_json", None, None),
        ("[1]", "invalid_type", None, None),
        ('{"stream_id": "a"}', "missing_required_parameter", "type", "a"),
        ('{"type": "session.update", "stream_id": "a"}', "unknown_event", "type", "a"),
        ('{"type": "response.create", "stream_id": "a b"}', "invalid_value", "stream_id", None),
        ('{"type": "response.create", "stream_id": "a"}', "missing_required_parameter", "input", "a"),
        ('{"type": "response.create", "input": "hi", "event_id": "1"}', "unknown_parameter", "event_id", None),
        ('{"type": "response.cancel"}', "missing_required_parameter", "response_id", None),
        ('{"type": "response.cancel", "response_id": "r", "why": 1}', "unknown_parameter", "why", None),
        ('{"type": "parley:resume", "response_id": "r", "starting_after": -5}', "invalid_value", "starting_after",
         None),
        ('{"type": "parley:resume", "response_id": 5, "stream_id": "a"}', "invalid_type", "response_id", "a"),
        ('"' + "x" * 1000 + '"', "frame_too_large", None, None),
        ('"' + "é" * 500 + '"', "frame_too_large", None, None),
    ],
)
def test_bad_frames_are_answered_and_disturb_nothing(
    session: Session, text: str, code: str, param: str | None, lane: str | None
) -> None:
    turn = started(create(session, "z"))
    actions = session.receive_text(text)
    assert told(actions) == (code, param, lane)
    assert len(actions) == 1
    assert session.ended(turn, None) == []


def test_a_frame_just_within_the_limit() -> None:
    session = Session(LIMITS)
    event = '{"type":"response.create","input":"%s"}'
    room = LIMITS.max_message_bytes - len(event % "")
    assert started(session.receive_text(event % ("é" * (room // 2)))).error is None
    assert told(session.receive_text(event % ("é" * (room // 2 + 1))))[0] == "frame_too_large"


def test_a_binary_frame_is_refused(session: Session) -> None:
    assert told(session.receive_bytes(b"{}")) == ("binary_frame", None, None)


def test_an_idempotency_key_is_bound_to_what_was_asked(session: Session) -> None:
    turns = [
        started(create(session, lane, idempotency_key="k", **fields))
        for lane, fields in (("a", {}), ("b", {"stream": True}), ("c", {"temperature": 1}))
    ]
    assert turns[0].hash == turns[1].hash != turns[2].hash
    assert turns[0].hash


def test_cancel(session: Session) -> None:
    assert say(session, type="response.cancel", response_id="resp_1") == [Cancel("resp_1", None)]
    assert say(session, type="response.cancel", response_id="r", stream_id="a") == [Cancel("r", "a")]


def test_resume_is_a_turn_of_its_lane(session: Session) -> None:
    turn = started(say(session, type="parley:resume", response_id="resp_1", starting_after=7, stream_id="a"))
    assert (turn.response_id, turn.after, turn.lane, turn.create) == ("resp_1", 7, "a", None)
    assert create(session, "a") == []
    assert started(session.ended(turn, past("resp_1"))).create is not None
    assert started(say(session, type="parley:resume", response_id="resp_2")).after == -1


def test_a_ping_is_answered_at_once_and_opens_no_lane(session: Session) -> None:
    started(create(session))
    for lane in "abcdefg":
        assert say(session, type="parley:ping", stream_id=lane) == [Send({"type": "parley:pong", "stream_id": lane})]
    assert say(session, type="parley:ping") == [Send({"type": "parley:pong"})]
    assert told(say(session, type="parley:ping", at=1)) == ("unknown_parameter", "at", None)
    assert started(create(session, "h")).lane == "h"


def test_resume_by_query(session: Session) -> None:
    turn = started(session.resume("resp_1", "12"))
    assert (turn.response_id, turn.after, turn.lane) == ("resp_1", 12, None)
    assert session.resume("resp_1", None) == []  # after the first


@pytest.mark.parametrize(
    ("response_id", "after", "code"),
    [("resp_1", "x", "invalid_type"), ("resp_1", "-7", "invalid_value"), ("", None, "response_not_found")],
)
def test_a_bad_query_is_told_and_the_socket_kept(session: Session, response_id: str, after: str, code: str) -> None:
    assert told(session.resume(response_id, after))[0] == code
    assert started(create(session)).error is None


def test_a_chain_is_remembered_from_turn_to_turn(session: Session) -> None:
    session.ended(started(create(session)), past("resp_1"))
    turn = started(create(session, "b", previous_response_id="resp_1"))  # another lane may go on from it
    assert turn.past == past("resp_1")
    session.ended(turn, past("resp_2"))
    turn = started(create(session, previous_response_id="resp_2"))
    assert turn.past == past("resp_2")
    session.ended(turn, past("resp_3"))
    assert started(create(session, previous_response_id="resp_1")).past is None  # not the most recent any more


def test_a_turn_that_waits_finds_what_the_one_before_it_has_made(session: Session) -> None:
    first = started(create(session))
    assert create(session, previous_response_id="resp_1") == []
    assert started(session.ended(first, past("resp_1"))).past == past("resp_1")


@pytest.mark.parametrize(
    "error", [BadRequest(Code.INVALID_VALUE, "no"), Failure(), NotFound(Code.MODEL_NOT_FOUND, "no")])
def test_a_failed_continuation_evicts_its_parent(session: Session, error: Any) -> None:
    session.ended(started(create(session)), past("resp_1"))
    turn = started(create(session, previous_response_id="resp_1"))
    assert told(session.failed(turn, error))[0] == error.code.value
    assert started(create(session, previous_response_id="resp_1")).past is None


def test_a_response_that_fails_evicts_its_parent(session: Session) -> None:
    session.ended(started(create(session)), past("resp_1"))
    session.ended(started(create(session, previous_response_id="resp_1")), None)
    assert started(create(session, previous_response_id="resp_1")).past is None


def test_a_bad_continuation_evicts_its_parent_too(session: Session) -> None:
    session.ended(started(create(session)), past("resp_1"))
    create(session, previous_response_id="resp_1", temperature=9)
    assert started(create(session, previous_response_id="resp_1")).past is None


def test_a_continuation_that_may_be_sent_again_keeps_its_parent(session: Session) -> None:
    session.ended(started(create(session)), past("resp_1"))
    session.failed(started(create(session, previous_response_id="resp_1")), Unavailable(Code.RELAY_UNAVAILABLE, "away"))
    assert started(create(session, previous_response_id="resp_1")).past == past("resp_1")


def test_a_parent_of_a_wrong_type_evicts_nothing(session: Session) -> None:
    session.ended(started(create(session)), past("resp_1"))
    assert told(create(session, previous_response_id=["resp_1"]))[0] == "invalid_type"
    assert started(create(session, previous_response_id="resp_1")).past == past("resp_1")


def test_a_failed_turn_lets_the_next_one_run(session: Session) -> None:
    first = started(create(session, "a"))
    create(session, "a")
    actions = session.failed(first, Failure())
    assert told(actions) == ("internal_error", None, "a")
    assert isinstance(actions[1], Start)


def test_at_its_age_the_connection_says_so_and_closes(session: Session) -> None:
    actions = session.expired()
    assert told(actions)[0] == "websocket_connection_limit_reached"
    assert actions[-1] == Close(1001, "websocket_connection_limit_reached")
    assert "60 minutes" in actions[0].frame["error"]["message"]  # type: ignore[union-attr]


RESTART = [Close(1012, "service_restart")]


def test_a_restart_closes_with_1012(session: Session) -> None:
    assert session.restarted() == RESTART


def test_a_restart_waits_until_every_turn_can_be_resumed(session: Session) -> None:
    first, second, third = (started(create(session, lane)) for lane in ("a", "b", "c"))
    assert session.announced(first) == []
    assert session.restarted() == []
    assert session.announced(second) == []
    assert session.announced(second) == []
    assert session.announced(third) == RESTART


@pytest.mark.parametrize("how", ["ended", "failed"])
def test_a_restart_does_not_wait_for_what_came_to_nothing(session: Session, how: str) -> None:
    turn = started(create(session))
    assert session.restarted() == []
    actions = session.ended(turn, None) if how == "ended" else session.failed(turn, Failure())
    assert actions[-1:] == RESTART


def test_a_restart_does_not_wait_for_what_is_resumed(session: Session) -> None:
    started(say(session, type="parley:resume", response_id="resp_1"))
    assert session.restarted() == RESTART


def test_a_restart_refuses_what_waits_and_what_comes(session: Session) -> None:
    first = started(create(session, "a"))
    assert create(session, "a") == []
    assert say(session, type="parley:resume", response_id="resp_1", stream_id="a") == []
    refused = session.restarted()
    assert [told([action]) for action in refused] == [("service_restart", None, "a")] * 2
    assert session.queued_bytes == 0
    assert told(create(session, "a")) == (*told(create(session, "b"))[:2], "a")
    assert told(create(session)) == ("service_restart", None, None)
    assert session.announced(first) == RESTART
    assert session.abandoned() == RESTART


def test_frames_get_their_lane() -> None:
    assert in_lane(b'{"type":"x"}', None) == b'{"type":"x"}'
    assert orjson.loads(in_lane(b'{"type":"x"}', "a.B-c_1")) == {"stream_id": "a.B-c_1", "type": "x"}


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["create", "bad", "end", "fail"]), st.sampled_from([None, *"abcde"]), st.integers(0, 3)),
        max_size=40,
    )
)
def test_whatever_happens_lanes_keep_their_rules(steps: list[tuple[str, str | None, int]]) -> None:
    session = Session(LIMITS)
    running: list[Turn] = []
    answered = asked = 0

    def take(actions: list[Action]) -> None:
        nonlocal answered
        for action in actions:
            if isinstance(action, Start):
                running.append(action.turn)
            else:
                answered += 1

    for kind, lane, index in steps:
        if kind in ("create", "bad"):
            asked += 1
            take(create(session, lane, n=1 if kind == "create" else 2))
        elif running:
            turn = running.pop(index % len(running))
            answered += kind == "end"
            take(session.ended(turn, None) if kind == "end" else session.failed(turn, Failure()))
        lanes = [turn.lane for turn in running]
        assert len(lanes) == len(set(lanes))
        assert len([one for one in lanes if one is not None]) <= LIMITS.max_in_flight_lanes
    while running:
        answered += 1
        take(session.ended(running.pop(), None))
    assert answered == asked
    assert session.queued_bytes == 0
