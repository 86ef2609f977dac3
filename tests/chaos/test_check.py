"""The checks of a run must be able to fail: each wrong thing that a reader can be told is seen as what it is."""
from typing import Any

import pytest

from relay.records import ATTEMPT_GAP
from tests.chaos.check import Event, Track
from tests.chaos.expected import Expected, undisturbed

PIECES = ["Ei", "n Üb", "erblick ", "über ", "Größe"]
TEXT = "".join(PIECES)


def track() -> Track:
    return Track(Expected(PIECES, PIECES, "completed", input_tokens=3, output_tokens=5))


def delta(number: int, text: str) -> Event:
    return {"type": "response.output_text.delta", "sequence_number": number, "delta": text}


def end(number: int, text: str = TEXT, **fields: Any) -> Event:
    output = [{"type": "message", "content": [{"type": "output_text", "text": text}]}]
    response = {"status": "completed", "output": output, "usage": {"input_tokens": 3, "output_tokens": 5}, **fields}
    return {"type": "response.completed", "sequence_number": number, "response": response}


def mark(number: int, kind: str = "response.output_text.done", **fields: Any) -> Event:
    return {"type": kind, "sequence_number": number, "text": TEXT, **fields}


CREATED = mark(0, "response.created")
BEGUN = mark(ATTEMPT_GAP, "response.in_progress")
FIRST = ATTEMPT_GAP + 1
ALL = [delta(FIRST + n, piece) for n, piece in enumerate(PIECES)]
ENDED = end(FIRST + 5)


def judged(*events: Event) -> list[str]:
    """What was wrong, by kind."""
    one = track()
    for event in events:
        one.take(event)
    return [kind for kind, _ in one.wrong]


def test_all_of_it_is_right() -> None:
    assert judged(CREATED, BEGUN, *ALL, ENDED) == []


def test_what_was_merged_is_right() -> None:
    assert judged(CREATED, BEGUN, ALL[0], delta(FIRST + 3, "".join(PIECES[1:4])), ALL[4], ENDED) == []


def test_what_another_attempt_goes_on_with_is_right() -> None:
    later = FIRST + 1 + ATTEMPT_GAP
    events = [mark(later, "parley:response.continued"), *(delta(later + n - 1, PIECES[n]) for n in (2, 3, 4))]
    assert judged(CREATED, BEGUN, *ALL[:2], *events, end(later + 4)) == []


def test_signals_have_no_place_in_the_order() -> None:
    queue, interrupted = {"type": "parley:queue", "position": 1}, {"type": "parley:interrupted"}
    assert judged(CREATED, queue, BEGUN, *ALL[:2], interrupted, queue, *ALL[2:], ENDED) == []
    assert judged(CREATED, BEGUN, *ALL, ENDED, queue) == ["terminal"]
    assert judged(CREATED, BEGUN, {"type": "response.in_progress"}, *ALL, ENDED) == ["out of order"]


@pytest.mark.parametrize(("events", "wrong"), [
    ([*ALL[:2], *ALL[3:], ENDED], ["lost", "lost"]),
    ([*ALL[:3], ALL[2], *ALL[3:], ENDED], ["repeated"]),
    ([*ALL[:3], delta(FIRST + 3, PIECES[2]), ENDED], ["repeated", "lost", "lost"]),
    ([*ALL[:4], ALL[1], ALL[4], ENDED], ["out of order"]),
    ([ALL[0], delta(FIRST + 9, PIECES[1])], ["lost"]),
    ([*ALL, mark(FIRST + 9)], ["lost"]),
    ([*ALL, mark(FIRST + 5, text=TEXT[:-1])], ["lost"]),
    ([*ALL, ENDED, ENDED], ["terminal"]),
    ([*ALL, end(FIRST + 5, status="incomplete")], ["terminal"]),
    ([*ALL[:4], end(FIRST + 4, TEXT[:-5])], ["lost"]),
    ([*ALL, end(FIRST + 5, TEXT[:-1])], ["lost", "lost"]),
    ([*ALL, end(FIRST + 5, usage={"input_tokens": 3, "output_tokens": 6})], ["usage"]),
])
def test_what_is_wrong_is_seen(events: list[Event], wrong: list[str]) -> None:
    assert judged(CREATED, BEGUN, *events) == wrong


def test_who_is_stopped_has_a_beginning_of_it() -> None:
    cancelled = {"incomplete_details": {"reason": "cancelled"}, "status": "incomplete"}
    assert judged(CREATED, BEGUN, ALL[0], end(FIRST + 1, PIECES[0], **cancelled)) == []
    assert judged(CREATED, BEGUN, ALL[0], end(FIRST + 1, "other", **cancelled)) == ["lost"]


async def test_what_is_held_back_for_a_stop_is_told_to_who_is_stopped() -> None:
    whole = await undisturbed("hello [[tokens=60]]", {})
    stop = whole.text[40:50]
    cut = await undisturbed("hello [[tokens=60]]", {"stop": [stop]})
    assert cut.text == whole.text[:whole.text.index(stop)]
    assert whole.text.startswith(cut.raw(cut.output_tokens))
    assert len(cut.raw(cut.output_tokens)) > len(cut.text)


def test_who_is_stopped_is_told_what_was_held_back() -> None:
    """As the beginning of what might have become a stop."""
    one = Track(Expected(["Ei", "n "], PIECES, "completed", input_tokens=3, output_tokens=3))
    stopped = {"status": "incomplete", "incomplete_details": {"reason": "cancelled"}}
    for event in (CREATED, BEGUN, delta(FIRST, "Ei"), delta(FIRST + 1, "n Üb"), end(FIRST + 2, "Ein Üb", **stopped)):
        one.take(event)
    assert one.wrong == []
