"""What Chromium's main thread of a page was busy with: its tasks, each with the processor's time that it took.

Not the time by the clock: a neighbour on the machine makes that longer, and no page slower.
"""
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

CATEGORIES = ["toplevel", "disabled-by-default-devtools.timeline", "devtools.timeline"]
TASK = "RunTask"
MAIN_THREAD = "CrRendererMain"


@contextmanager
def traced(page: Page) -> Iterator[list[float]]:
    """At the end, the milliseconds of processor time of each task of the page's main thread, the longest first."""
    session = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    complete: list[object] = []
    tasks_ms: list[float] = []
    session.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    session.on("Tracing.tracingComplete", lambda data: complete.append(data))
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {
        "includedCategories": CATEGORIES, "excludedCategories": ["*"], "recordMode": "recordAsMuchAsPossible"}})
    yield tasks_ms
    session.send("Tracing.end")
    while not complete:
        page.evaluate("new Promise(requestAnimationFrame)")
    threads = {(event["pid"], event["tid"]) for event in events
               if event["name"] == "thread_name" and event["args"]["name"] == MAIN_THREAD}
    tasks_ms += sorted((event["tdur"] / 1000 for event in events if event["name"] == TASK and "tdur" in event
                        and (event["pid"], event["tid"]) in threads), reverse=True)
    session.detach()


def count_of_nodes(page: Page) -> int:
    """The nodes that the page keeps, in its document or not, after what nobody needs was thrown away."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    counters = session.send("Memory.getDOMCounters")
    session.detach()
    return int(counters["nodes"])
