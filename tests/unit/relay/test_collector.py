"""Tokens that come and go make Python look for no garbage; garbage is still found."""
import gc
from collections.abc import Iterator

import pytest

from relay.collector import collect_seldom
from relay.events import AnyEvent, Delta
from relay.records import Batch, Record, decode_batch, encode_batch

PYTHONS = (700, 10, 10)


@pytest.fixture
def looks() -> Iterator[list[int]]:
    """The generation of each look from now on, as Python does by itself. The collector is put back as it was."""
    before, seen = gc.get_threshold(), list[int]()
    gc.set_threshold(*PYTHONS)

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            seen.append(info["generation"])

    gc.callbacks.append(note)
    yield seen
    gc.callbacks.remove(note)
    gc.set_threshold(*before)
    gc.unfreeze()


def batches(count: int) -> list[Batch]:
    """As many as an inbox may hold at a time, of 256 responses each."""
    events: list[AnyEvent] = [Delta(" word", [7])]
    data = encode_batch(0.0, [Record(f"resp_{i}", 1, 1, 2, events) for i in range(256)])
    return [decode_batch(data) for _ in range(count)]


def test_batches_of_tokens_are_no_reason_to_look(looks: list[int]) -> None:
    batches(10)
    assert looks  # as Python does by itself
    collect_seldom()
    looks.clear()
    batches(10)
    assert looks == []


def test_garbage_is_found_in_the_end(looks: list[int]) -> None:
    collect_seldom()
    looks.clear()
    for _ in range(200_000):
        circle: list[object] = []
        circle.append(circle)
    assert looks
    assert gc.get_count()[0] < 200_000
