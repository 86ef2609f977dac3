"""Stories for tests: the events of one response as a worker would make them, numbered, with takeovers in between."""
from collections.abc import Iterator, Sequence
from itertools import pairwise

import orjson
from hypothesis import settings
from hypothesis import strategies as st

from relay.events import (
    AnyEvent,
    Continued,
    Delta,
    Done,
    Ended,
    InProgress,
    ItemAdded,
    ItemDone,
    Logprob,
    PartAdded,
    PartDone,
    Usage,
)
from relay.job import Request
from relay.records import ATTEMPT_GAP, Record, decode_batch, encode_batch, first_record
from server.responses.feed import Counts, Feed
from server.responses.hub import Hub
from server.responses.pacer import Pacer

RESPONSE = "resp_0123"
unhurried = settings(deadline=None, max_examples=50)  # a machine that is busy with something else is no failure


def a_request(**fields: object) -> Request:
    values: dict[str, object] = {
        "response_id": RESPONSE, "user": "u", "model": "tiny", "created_at": 1_700_000_000.5, "own_input": 1,
        "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
    }
    return Request(**{**values, **fields})  # type: ignore[arg-type]


def a_feed(request: Request | None = None, *, pacer: Pacer | None = None, gaps: list[Feed] | None = None) -> Feed:
    """A feed on its own, that notes in `gaps` when it asks for the log."""
    noted: list[Feed] = [] if gaps is None else gaps
    return Feed(
        request or a_request(), pacer=pacer or Pacer(), counts=Counts(), on_gap=noted.append, keep_s=10
    )


def deltas(*texts: str) -> list[AnyEvent]:
    return [Delta(text, [i]) for i, text in enumerate(texts)]


def message(*texts: str, item_id: str = "msg_1") -> list[AnyEvent]:
    """All events of a message with one text, made of these deltas."""
    return [
        ItemAdded(item_id, "message"), PartAdded("output_text"), *deltas(*texts), Done(), PartDone(), ItemDone()
    ]


def an_end(status: str = "completed", **fields: object) -> Ended:
    values: dict[str, object] = {"status": status, "at": 1_700_000_009.0, "usage": Usage(5, 1, 7, 2)}
    return Ended(**{**values, **fields})  # type: ignore[arg-type]


def numbered(*attempts: Sequence[AnyEvent]) -> list[Record]:
    """One record an event, submit's two included; each attempt begins with a hole in the numbers."""
    records = [first_record(RESPONSE)]
    for attempt, events in enumerate(attempts, 1):
        after = records[-1].last
        first = after + ATTEMPT_GAP
        for event in events:
            records.append(Record(RESPONSE, attempt, after, first, [event]))
            after, first = first, first + 1
    return records


def told(*texts: str) -> list[Record]:
    """A whole response in one attempt: a message of these deltas."""
    return numbered([InProgress(1_700_000_001.0), *message(*texts), an_end()])


def join(records: Sequence[Record]) -> Record:
    """One record of several of one attempt that follow one another."""
    events = [event for record in records for event in record.events]
    return Record(records[0].response_id, records[0].attempt, records[0].after, records[0].first, events)


def chopped(records: Sequence[Record], sizes: Iterator[int]) -> list[Record]:
    """The same events in records of about these sizes, never across an attempt's beginning."""
    made: list[Record] = []
    run: list[Record] = []
    room = 0
    for record in records:
        if run and (record.attempt != run[0].attempt or len(run) >= room):
            made.append(join(run))
            run = []
        if not run:
            room = next(sizes)
        run.append(record)
    return [*made, join(run)]


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
logprobs = st.lists(
    st.builds(
        Logprob, token=texts, logprob=st.sampled_from([-0.5, -3.25, float("-inf")]),
        top=st.lists(st.tuples(texts, st.just(-1.0)), max_size=2),
    ),
    max_size=2,
)


@st.composite
def outputs(draw: st.DrawFn) -> list[AnyEvent]:
    """The events of one to three items of any kind."""
    events: list[AnyEvent] = []
    for index in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["message", "reasoning", "function_call"]))
        if kind == "function_call":
            events += [ItemAdded(f"fc_{index}", "function_call", "search", f"call_{index}")]
            events += [*deltas(*draw(st.lists(texts, max_size=6))), Done(), ItemDone()]
            continue
        events.append(ItemAdded(f"item_{index}", "message" if kind == "message" else "reasoning"))
        for _ in range(draw(st.integers(1, 2))):
            part = draw(st.sampled_from(["output_text", "refusal"])) if kind == "message" else "reasoning_text"
            scored = logprobs if part == "output_text" else st.just([])
            some = draw(st.lists(st.builds(Delta, texts, st.just([1, 2]), scored)))
            events += [PartAdded(part), *some, Done(), PartDone()]  # type: ignore[arg-type]
        events.append(ItemDone(draw(st.sampled_from(["completed", "incomplete"]))))
    return events


@st.composite
def stories(draw: st.DrawFn) -> list[Record]:
    """A whole response, one record an event, in one to three attempts."""
    events = [InProgress(1.0), *draw(outputs())]
    events.append(an_end(draw(st.sampled_from(["completed", "incomplete", "failed"]))))
    cuts = sorted(draw(st.lists(st.integers(1, len(events) - 1), max_size=2, unique=True)))
    bounds = [0, *cuts, len(events)]
    attempts = [events[a:b] for a, b in pairwise(bounds)]
    return numbered(attempts[0], *([Continued(2.0, "worker_lost"), *attempt] for attempt in attempts[1:]))


def arrive(hub: Hub, *records: Record, at: float = 0.0) -> None:
    """They lay in the inbox as one batch."""
    data = encode_batch(at, list(records))
    hub.on_batch(decode_batch(data), data)


def apply(feed: Feed, *records: Record, now: float = 0.0) -> None:
    for record in records:
        feed.apply(record, now)


def numbers(frames: list[bytes]) -> list[int]:
    return [orjson.loads(frame)["sequence_number"] for frame in frames]
