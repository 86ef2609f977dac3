"""Places in a transcript: from anywhere, at any pace, the same is told."""
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay.cursor import Diverged
from relay.records import Record
from server.responses.position import TAKE_BYTES, Position, position_after
from server.responses.renderer import MAX_FRAME_BYTES
from server.responses.transcript import RUN_EVENTS, Transcript
from tests.unit.server.responses.story import a_request, message, numbered, stories, told, unhurried

Event = dict[str, Any]


def one_by_one(records: list[Record]) -> list[bytes]:
    """What a viewer sees that takes after each event: one frame an event, in full."""
    transcript, position = Transcript(a_request()), Position()
    frames: list[bytes] = []
    for record in records:
        transcript.add(record)
        new, merged = position.take(transcript)
        assert (len(new), merged) == (len(record.events), 0)
        frames += new
    return frames


def merged(events: list[Event], number: int) -> Event:
    """One delta in place of those of one part up to this number."""
    last = events[-1]
    assert last["sequence_number"] == number
    assert {(event["type"], event["item_id"], event.get("content_index")) for event in events} == {
        (last["type"], last["item_id"], last.get("content_index"))
    }
    made = {**last, "delta": "".join(event["delta"] for event in events)}
    if "logprobs" in last:
        made["logprobs"] = [logprob for event in events for logprob in event["logprobs"]]
    return made


def check_told(frames: list[bytes], full: list[bytes], after: int = -1) -> None:
    """The frames tell the same as `full` behind number `after`: deltas of one part may be merged, nothing else."""
    expected = [event for frame in full if (event := orjson.loads(frame))["sequence_number"] > after]
    for frame in frames:
        event = orjson.loads(frame)
        covered = [one for one in expected if one["sequence_number"] <= event["sequence_number"]]
        assert covered, "a number was told twice"
        expected = expected[len(covered):]
        assert event == (merged(covered, event["sequence_number"]) if len(covered) > 1 else covered[0])
    assert expected == []


def folded(records: list[Record]) -> Transcript:
    transcript = Transcript(a_request())
    for record in records:
        transcript.add(record)
    return transcript


@unhurried
@given(stories())
def test_from_every_number_the_rest_is_told(records: list[Record]) -> None:
    full = one_by_one(records)
    transcript = folded(records)
    for number in [-1, *(orjson.loads(frame)["sequence_number"] for frame in full)]:
        position = position_after(transcript, number)
        frames, _ = position.take(transcript)
        check_told(frames, full, number)
        assert position.at_end(transcript)
        assert position.take(transcript) == ([], 0)


@unhurried
@given(stories(), st.data())
def test_at_any_pace_the_same_is_told(records: list[Record], data: st.DataObject) -> None:
    transcript, position = Transcript(a_request()), Position()
    frames: list[bytes] = []
    count = 0
    for record in records:
        transcript.add(record)
        if data.draw(st.booleans()):
            new, merged = position.take(transcript)
            frames += new
            count += len(new) + merged
            assert position.number == transcript.cursor.last
    new, merged = position.take(transcript)
    check_told([*frames, *new], one_by_one(records))
    assert count + len(new) + merged == len(records) + 1  # submit's record has two events


def test_catching_up_merges_a_part_into_one_delta() -> None:
    texts = [f"{i}," for i in range(3 * RUN_EVENTS + 7)]
    transcript = folded(told(*texts))
    frames, merged = position_after(transcript, 1003 + 10).take(transcript)
    delta = orjson.loads(frames[0])
    assert delta["delta"] == "".join(texts[10:])
    assert delta["sequence_number"] == 1003 + len(texts)
    assert merged == len(texts) - 11
    assert [orjson.loads(frame)["type"] for frame in frames[1:]] == [
        "response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed"
    ]


@pytest.mark.parametrize("number", [2, 1000, 1003, 2001, 10**9])
def test_a_number_that_no_event_has_is_a_divergence(number: int) -> None:
    transcript = folded(numbered(message("a")[:2], message("b")[2:4]))
    assert transcript.cursor.last == 2003
    with pytest.raises(Diverged):
        position_after(transcript, number)


def test_at_the_end_of_a_growing_text_there_is_nothing_to_take() -> None:
    transcript = folded(told("a", "b")[:5])
    position = Position()
    position.take(transcript)
    assert position.take(transcript) == ([], 0)
    transcript.add(told("a", "b")[5])
    ((frame,), merged) = position.take(transcript)
    assert (orjson.loads(frame)["delta"], merged) == ("b", 0)


def test_nothing_was_told_of_what_is_empty() -> None:
    transcript = Transcript(a_request())
    assert Position().take(transcript) == ([], 0)
    with pytest.raises(Diverged):
        position_after(transcript, 0)


def test_much_text_is_told_in_several_frames_and_takes() -> None:
    texts = ["\0" * 20_000] * 100
    transcript = folded(told(*texts))
    position, rounds = Position(), 0
    frames: list[bytes] = []
    while not position.at_end(transcript):
        new, _ = position.take(transcript)
        frames += new
        rounds += 1
        assert sum(map(len, new[:-1])) < TAKE_BYTES
    assert rounds > 5
    assert max(map(len, frames)) <= MAX_FRAME_BYTES
    check_told(frames, one_by_one(told(*texts)))


def test_a_copy_moves_on_its_own() -> None:
    transcript = folded(told("a"))
    position = Position()
    copy = position.copy()
    position.take(transcript)
    assert copy.number == -1
    copy.move_to(position)
    assert copy.take(transcript) == ([], 0)
