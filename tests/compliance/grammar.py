"""What holds of every stream of a response, beside each event's schema: order, places, and that all tell the same."""
from collections import defaultdict
from itertools import pairwise
from typing import Any

from tests import spec

Fields = dict[str, Any]
TERMINAL = ("response.completed", "response.incomplete", "response.failed")
BEGINNING = ("response.created", "response.queued", "response.in_progress")
TEXT_FIELDS = {  # of a part's or a call's whole text, by the stem of its events
    "response.output_text": "text",
    "response.reasoning": "text",
    "response.refusal": "refusal",
    "response.function_call_arguments": "arguments",
}


def check_stream(events: list[Fields]) -> None:
    """Raises AssertionError or ValidationError, with what is wrong."""
    for event in events:
        spec.check_event(event)
    numbers = [event["sequence_number"] for event in events]
    assert all(a < b for a, b in pairwise(numbers)), "numbers do not grow"
    kinds = [event["type"] for event in events]
    assert kinds[0] == "response.created", f"the first event is {kinds[0]}"
    assert kinds[-1] in TERMINAL, f"the last event is {kinds[-1]}"
    assert not any(kind in TERMINAL for kind in kinds[:-1]), "more than one terminal event"
    assert [kind for kind in kinds if kind in BEGINNING] == [kind for kind in BEGINNING if kind in kinds]
    ids = {event["response"]["id"] for event in events if "response" in event}
    assert len(ids) == 1, f"several responses: {ids}"
    assert events[-1]["response"]["status"] == kinds[-1].removeprefix("response.")
    _check_texts(events)
    _check_items(events)


def _check_texts(events: list[Fields]) -> None:
    """A text that is done is what its deltas have said."""
    said: dict[Any, str] = defaultdict(str)
    for event in events:
        stem, _, last = event["type"].rpartition(".")
        if stem in TEXT_FIELDS and last in ("delta", "done"):
            place = (event["item_id"], event["output_index"], event.get("content_index"))
            if last == "delta":
                said[place] += event["delta"]
            else:
                assert event[TEXT_FIELDS[stem]] == said[place], f"{event['type']} is not what the deltas have said"


def _check_items(events: list[Fields]) -> None:
    """Each item is added once, in order, and what is done is what the response holds at its end."""
    added = [event for event in events if event["type"] == "response.output_item.added"]
    assert [event["output_index"] for event in added] == list(range(len(added))), "items are not in order"
    assert all(event["item"].get("status", "in_progress") == "in_progress" for event in added)
    done = [event["item"] for event in events if event["type"] == "response.output_item.done"]
    assert [item["id"] for item in done] == [event["item"]["id"] for event in added], "an item is not done"
    assert events[-1]["response"]["output"] == done, "the response is not what its items were"
