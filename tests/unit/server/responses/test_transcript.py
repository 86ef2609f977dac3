"""The fold: runs, marks, and events that make no sense where they stand."""
import pytest

from relay.cursor import Diverged, Gap
from relay.events import AnyEvent, Delta, Done, InProgress, ItemAdded, ItemDone, Logprob, PartAdded, PartDone
from relay.records import Record
from server.responses.transcript import RUN_EVENTS, RUN_WEIGHT, Malformed, Mark, Run, Transcript
from tests.unit.server.responses.story import RESPONSE, a_request, an_end, deltas, message, numbered, told


def folded(*records: Record) -> Transcript:
    transcript = Transcript(a_request())
    for record in records:
        transcript.add(record)
    return transcript


def runs(transcript: Transcript) -> list[Run]:
    return [step for step in transcript.steps if isinstance(step, Run)]


def test_text_is_put_together_and_the_end_is_known() -> None:
    transcript = folded(*told("Hel", "lo"))
    assert transcript.items[0].parts[0].text() == "Hello"
    assert transcript.size == 5
    assert transcript.status == "completed"
    assert transcript.ended == an_end()


def test_add_returns_what_was_new() -> None:
    begin = told("a")[:4]
    transcript = folded(*begin)
    both = Record(RESPONSE, 1, 1003, 1004, [Delta("a"), Delta("b")])
    assert transcript.add(both) == [Delta("a"), Delta("b")]
    assert transcript.add(both) == []
    longer = Record(RESPONSE, 1, 1004, 1005, [Delta("b"), Delta("c")])
    assert transcript.add(longer) == [Delta("c")]
    assert transcript.items[0].parts[0].text() == "abc"


def test_nothing_comes_behind_the_end() -> None:
    transcript = folded(*told("a"))
    number = transcript.cursor.last
    assert transcript.add(Record(RESPONSE, 1, number, number + 1, [InProgress(1.0)])) == []
    assert transcript.add(Record(RESPONSE, 2, 0, number + 9, [InProgress(1.0)])) == []


def test_a_gap_and_a_divergence_leave_it_as_it_was() -> None:
    transcript = folded(*told("a", "b")[:5])
    with pytest.raises(Gap):
        transcript.add(Record(RESPONSE, 1, 1099, 1100, [Delta("x")]))
    with pytest.raises(Diverged):
        transcript.add(Record(RESPONSE, 2, 1001, 2002, [Delta("x")]))
    assert transcript.items[0].parts[0].text() == "a"


def test_a_run_is_closed_when_full_and_still_knows_where_each_delta_ends() -> None:
    texts = [f"{i};" for i in range(RUN_EVENTS + 3)]
    full, rest = runs(folded(*told(*texts)))
    assert (full.first, full.last) == (1004, 1003 + RUN_EVENTS)
    assert full.text() == "".join(texts[:RUN_EVENTS])
    assert full.text(5) == "".join(texts[5:RUN_EVENTS])
    assert full.text(RUN_EVENTS) == ""
    assert rest.text() == "".join(texts[RUN_EVENTS:])


def test_a_growing_run_gives_its_text_from_any_delta() -> None:
    (run,) = runs(folded(*told("a", "b", "c")[:7]))
    assert [run.text(i) for i in range(4)] == ["abc", "bc", "c", ""]


def test_log_probabilities_belong_to_their_deltas_and_weigh_on_the_run() -> None:
    one, two = Logprob("b", -1.0, [("x", -2.0)]), Logprob("c", -1.0)
    begin = [InProgress(1.0), *message()[:2]]
    transcript = folded(*numbered([*begin, Delta("a"), Delta("bb", [1], [one, one]), Delta("c", [1], [two])]))
    (run,) = runs(transcript)
    assert [run.logprobs(i) for i in range(4)] == [[one, one, two], [one, one, two], [two], []]
    assert transcript.items[0].parts[0].logprobs() == [one, one, two]
    assert run.weight > 5 * 100
    assert runs(folded(*told("a")))[0].logprobs() == []


def test_function_calls_have_arguments_in_place_of_parts() -> None:
    transcript = folded(*numbered([ItemAdded("fc", "function_call", "f", "call"), *deltas("{", "}"), Done()]))
    (part,) = transcript.items[0].parts
    assert (part.kind, part.text()) == ("arguments", "{}")


def test_a_heavy_run_is_closed() -> None:
    transcript = folded(*told("x" * RUN_WEIGHT, "y"))
    assert [run.text()[0] for run in runs(transcript)] == ["x", "y"]


def test_a_run_ends_at_a_hole_in_the_numbers() -> None:
    first = [InProgress(1.0), *message("a", "b")[:4]]
    transcript = folded(*numbered(first, deltas("c")))
    assert [(run.first, run.last) for run in runs(transcript)] == [(1004, 1005), (2005, 2005)]
    assert transcript.items[0].parts[0].text() == "abc"


def test_marks_know_what_they_are_about() -> None:
    transcript = folded(*told("a"))
    item = transcript.items[0]
    subjects = [step.subject for step in transcript.steps if isinstance(step, Mark)]
    assert subjects == [None, None, None, item, item.parts[0], item.parts[0], item.parts[0], item, None]


def test_an_item_that_is_open_at_the_end_is_incomplete() -> None:
    transcript = folded(*numbered([InProgress(1.0), *message("a")[:3], an_end("failed")]))
    assert transcript.items[0].status == "incomplete"
    transcript = folded(*numbered([InProgress(1.0), an_end("failed")]))
    assert transcript.items == []


@pytest.mark.parametrize("events", [
    [Delta("x")],
    [PartAdded("output_text")],
    [Done()],
    [PartDone()],
    [ItemDone()],
    [ItemAdded("m", "message"), Delta("x")],
    [ItemAdded("m", "message"), ItemDone(), PartAdded("output_text")],
    [ItemAdded("m", "message"), PartAdded("output_text"), PartDone(), Delta("x")],
    [ItemAdded("m", "message"), PartAdded("output_text"), ItemDone(), Done()],
])
def test_events_in_the_wrong_place_are_refused(events: list[Delta]) -> None:
    with pytest.raises(Malformed):
        folded(*numbered([*events]))


def test_the_next_token_of_an_open_run_grows_it_and_nothing_else_does() -> None:
    transcript = folded(*told("a")[:5])
    last, attempt = transcript.cursor.last, transcript.cursor.attempt

    def record(events: list[AnyEvent], *, first: int = last + 1, attempt: int = attempt) -> Record:
        return Record(transcript.request.response_id, attempt, first - 1, first, events)

    assert not transcript.grow(record([Delta("x")], first=last + 2))
    assert not transcript.grow(record([Delta("x")], attempt=attempt + 1))
    assert not transcript.grow(record([Delta("x"), Delta("y")]))
    assert not transcript.grow(record([Done()]))
    assert (transcript.cursor.last, transcript.size) == (last, 1)
    assert transcript.grow(record([Delta("bc")]))
    assert (transcript.cursor.last, transcript.size, runs(transcript)[-1].newest) == (last + 1, 3, "bc")
    transcript.add(record([Done()], first=last + 2))
    assert not transcript.grow(record([Delta("x")], first=last + 3)), "there is no open run"


def test_a_run_that_grew_full_is_closed() -> None:
    transcript = folded(*told("a")[:5])
    for _ in range(RUN_EVENTS):
        cursor = transcript.cursor
        growing = Record("", cursor.attempt, cursor.last, cursor.last + 1, [Delta("b")])
        transcript.grow(growing) or transcript.add(growing)
    assert [run.last - run.first + 1 for run in runs(transcript)] == [RUN_EVENTS, 1]
