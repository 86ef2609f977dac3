"""What Chromium's main thread of a page was busy with: its tasks, each with the processor's time that it took.

Not the time by the clock: a neighbour on the machine makes that longer, and no page slower.
"""
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from playwright.sync_api import Page

CATEGORIES = ["disabled-by-default-devtools.timeline"]
TASK = "RunTask"
MAIN_THREAD = "CrRendererMain"


class Memory(NamedTuple):
    """What a page keeps, in its document or not, after what nobody needs was thrown away."""

    nodes: int
    heap_bytes: int


class Trace:
    """`tasks_ms` is there at its end: the milliseconds of processor time of each task, the longest first."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tasks_ms: list[float] = []
        self._left_out_us: list[tuple[float, float]] = []

    def memory(self) -> Memory:
        """The page's memory now. Counting it makes the page stand still, which is left out of the trace."""
        began_us = _now_us()
        memory = memory_of(self.page)
        self._left_out_us.append((began_us, _now_us()))
        return memory

    def end(self, events: list[dict[str, Any]]) -> None:
        threads = {(event["pid"], event["tid"]) for event in events
                   if event["name"] == "thread_name" and event["args"]["name"] == MAIN_THREAD}
        tasks = (event for event in events if event["name"] == TASK and "tdur" in event
                 and (event["pid"], event["tid"]) in threads and not self._is_left_out(event["ts"]))
        self.tasks_ms = sorted((event["tdur"] / 1000 for event in tasks), reverse=True)

    def _is_left_out(self, at_us: float) -> bool:
        return any(began_us <= at_us <= ended_us for began_us, ended_us in self._left_out_us)


@contextmanager
def traced(page: Page) -> Iterator[Trace]:
    session = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    complete: list[object] = []
    trace = Trace(page)
    session.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    session.on("Tracing.tracingComplete", lambda data: complete.append(data))
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {
        "includedCategories": CATEGORIES, "excludedCategories": ["*"], "recordMode": "recordAsMuchAsPossible"}})
    yield trace
    session.send("Tracing.end")
    while not complete:
        page.evaluate("new Promise(requestAnimationFrame)")
    trace.end(events)
    session.detach()


def memory_of(page: Page) -> Memory:
    session = page.context.new_cdp_session(page)
    for _ in range(2):  # what the first one frees may have kept other things
        session.send("HeapProfiler.collectGarbage")
    nodes = int(session.send("Memory.getDOMCounters")["nodes"])
    heap_bytes = int(session.send("Runtime.getHeapUsage")["usedSize"])
    session.detach()
    return Memory(nodes, heap_bytes)


def count_of_nodes(page: Page) -> int:
    return memory_of(page).nodes


def _now_us() -> float:
    """As a trace counts time: Chromium's clock is the system's monotonic one, as Python's is."""
    return time.monotonic() * 1_000_000
