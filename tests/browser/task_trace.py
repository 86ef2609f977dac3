"""What Chromium's main thread of a page was busy with: its tasks, each with the processor's time that it took.

Not the time by the clock: a neighbour on the machine makes that longer, and no page slower. Nor is it a number of
milliseconds that a test can know, since a machine may be half as fast as another, or as itself yesterday: what is long
is said in tasks of a known size, of which the same trace holds some.
"""
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from playwright.sync_api import Page

CATEGORIES = ["disabled-by-default-devtools.timeline"]
TASK = "RunTask"
MAIN_THREAD = "CrRendererMain"
LONG = 2  # tasks of the known size: on a fast core the 50 ms from which a task is called a long one

# Twenty times the same: 400 paragraphs are made, laid out, and taken away. On a fast core 25 ms each.
KNOWN_TASKS = """async () => {
    const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
    for (let task = 0; task < 20; task += 1) {
        await pause();
        const all = document.createElement("div");
        for (let number = 0; number < 400; number += 1) {
            const paragraph = document.createElement("p");
            for (let part = 0; part < 3; part += 1) {
                const word = document.createElement("span");
                word.textContent = `Word ${number * part} of a line that is laid out. `;
                paragraph.append(word, "and what is written beside it ");
            }
            all.append(paragraph);
        }
        document.body.append(all);
        all.getBoundingClientRect();
        all.remove();
    }
    await pause();
}"""


class Memory(NamedTuple):
    """What a page keeps, in its document or not, after what nobody needs was thrown away."""

    nodes: int
    heap_bytes: int


class Trace:
    """At its end `tasks_ms` is there: the milliseconds of processor time of each task, the longest first.

    `known_ms` is what a task of the known size took on this machine, in this page, just before: the third longest of
    them, since the longest may hold what the page was still at.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tasks_ms: list[float] = []
        self.known_ms = 0.0
        self._known_until_us = 0.0
        self._left_out_us: list[tuple[float, float]] = []

    @property
    def longest(self) -> float:
        """How long the longest task was, in tasks of the known size."""
        return self.tasks_ms[0] / self.known_ms

    def know(self) -> None:
        self.page.evaluate(KNOWN_TASKS)
        self._known_until_us = _now_us()

    def memory(self) -> Memory:
        """The page's memory now. Counting it makes the page stand still, which is left out of the trace."""
        began_us = _now_us()
        memory = memory_of(self.page)
        self._left_out_us.append((began_us, _now_us()))
        return memory

    def end(self, events: list[dict[str, Any]]) -> None:
        threads = {(event["pid"], event["tid"]) for event in events
                   if event["name"] == "thread_name" and event["args"]["name"] == MAIN_THREAD}
        tasks = [(event["ts"], event["tdur"] / 1000) for event in events if event["name"] == TASK and "tdur" in event
                 and (event["pid"], event["tid"]) in threads]
        self.known_ms = sorted(took_ms for at_us, took_ms in tasks if at_us <= self._known_until_us)[-3]
        self.tasks_ms = sorted((took_ms for at_us, took_ms in tasks if not self._is_left_out(at_us)), reverse=True)

    def _is_left_out(self, at_us: float) -> bool:
        return (at_us <= self._known_until_us
                or any(began_us <= at_us <= ended_us for began_us, ended_us in self._left_out_us))


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
    trace.know()
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
