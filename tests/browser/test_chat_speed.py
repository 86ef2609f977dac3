"""A very long answer that comes very fast, in the room where one asks: from the engine through the socket to the eye.

Beside `test_markdown_speed.py` the one place where time is asserted: the processor's, and in tasks of a known size.
"""
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.talk import ask, open_chat, wait_for_end
from tests.browser.task_trace import LONG, memory_of, traced
from tests.parley import Parley

TOKENS, TOKENS_PER_S = 30_000, 1_000
HEAP_BYTES_PER_TOKEN = 100  # of which about 10 are the text; one object for each token would be more
NODES, HEAP_BYTES = 1_500, 1_500_000  # that come and go with what else is in the page
WORDS = "Meanwhile one writes on. "
PATIENCE_S = 150

# How it stands, without reading the answer: looking on must not be what is slow.
LOOK = """() => {
    const answer = document.querySelector(".answer");
    const room = document.querySelector(".transcript-room");
    return {
        phase: answer?.dataset.phase ?? "",
        height: room.scrollHeight,
        top: room.scrollTop,
        below: room.scrollHeight - room.scrollTop - room.clientHeight,
    };
}"""
COUNT_SHOWN = """() => {
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
    let count = 1;
    while (walker.nextNode()) count += 1;
    return count;
}"""


@pytest.fixture(scope="module")
def fast() -> Iterator[Parley]:
    with Parley(settings={"synthetic_tokens_per_s": str(TOKENS_PER_S), "titles": "false"}) as installation:
        yield installation


class Writer:
    """Writes the next question without a pause, and looks how the answer stands."""

    def __init__(self, page: Page) -> None:
        self.page, self.written = page, ""

    def look(self) -> dict[str, Any]:
        seen: dict[str, Any] = self.page.evaluate(LOOK)
        return seen

    def write(self) -> dict[str, Any]:
        self.page.keyboard.type(WORDS, delay=20)
        self.written += WORDS
        return self.look()

    def write_until_high(self, height: float) -> dict[str, Any]:
        while (seen := self.write())["height"] < height:
            assert seen["phase"] not in ("done", "failed", "stopped")
        return seen

    def write_to_the_end(self) -> None:
        """Of the answer, which stays in sight."""
        while (seen := self.write())["phase"] == "writing":
            assert seen["below"] <= 1
        assert seen["phase"] == "done"


def leave(page: Page) -> None:
    page.get_by_role("link", name="New chat").click()
    page.get_by_role("heading", name="What would you like to know?").wait_for()


@pytest.mark.timeout(PATIENCE_S)
def test_a_very_long_answer_keeps_the_room_smooth_and_its_memory_flat(page: Page, fast: Parley) -> None:
    """One follows its end, writes the next question meanwhile, and reads for a moment further up."""
    open_chat(page, fast)
    wait_for_end(ask(page, "What is loaded only once [[tokens=2000]]"))
    leave(page)
    before = memory_of(page)
    writer = Writer(page)
    with traced(page) as trace:
        ask(page, f"Everything there is [[tokens={TOKENS}]]")
        seen = writer.write_until_high(15_000)
        assert seen["below"] <= 1
        page.mouse.move(640, 300)
        page.mouse.wheel(0, -400)
        at = writer.write()["top"]
        seen = writer.write_until_high(seen["height"] + 15_000)
        assert (seen["top"], seen["below"] > 400) == (at, True)
        page.locator(".to-end").click()
        writer.write_until_high(55_000)
        half = trace.memory()
        writer.write_to_the_end()
    whole, shown = memory_of(page), page.evaluate(COUNT_SHOWN)
    expect(page.locator(".composer textarea")).to_have_value(writer.written)
    page.locator(".composer textarea").fill("")
    leave(page)
    after = memory_of(page)
    assert len(trace.tasks_ms) > 1000
    assert trace.longest < LONG
    assert whole.nodes < shown + NODES
    assert whole.heap_bytes - before.heap_bytes < TOKENS * HEAP_BYTES_PER_TOKEN
    assert whole.heap_bytes - half.heap_bytes < TOKENS / 2 * HEAP_BYTES_PER_TOKEN
    assert after.nodes < before.nodes + NODES
    assert after.heap_bytes < before.heap_bytes + HEAP_BYTES


@pytest.mark.timeout(PATIENCE_S)
def test_a_very_long_answer_is_left_and_opened_smoothly(page: Page, fast: Parley) -> None:
    open_chat(page, fast)
    wait_for_end(ask(page, "Everything at once [[tokens=6000]]"))
    blocks = page.locator(".answer .md-code").count()
    with traced(page) as trace:
        leave(page)
        page.go_back()
        expect(page.locator(".answer .md-code")).to_have_count(blocks)
    assert len(trace.tasks_ms) > 20
    assert trace.longest < LONG
