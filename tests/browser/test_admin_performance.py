"""The last hour as plots, which say the same as the server's numbers to the eye, a keyboard and a screen reader."""
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.administration import ADMINISTRATOR, administered, another, sign_in, told
from tests.browser.axe import check_accessibility
from tests.parley import Parley

SCALES = {"ms": 0.001, "s": 1.0}
# By the plot's title: for each of its columns the series of the server's.
SERIES = {
    "Tokens per second": [["tokens_per_s"], ["delivered_tokens_per_s"]],
    "Running and waiting": [["running"], ["waiting"]],
    "Time to first token": [["time_to_first_token_s", "p50"], ["time_to_first_token_s", "p95"]],
    "Time per output token": [["time_per_output_token_s", "p50"], ["time_per_output_token_s", "p95"]],
    "Open sockets": [["sockets"]],
}


@pytest.fixture(scope="module")
def installation(browser: Browser) -> Iterator[Parley]:
    with administered(browser, synthetic_tokens_per_s="30") as parley:
        yield parley


@pytest.fixture
def room(page: Page, installation: Parley) -> Page:
    sign_in(page, installation, ADMINISTRATOR)
    page.goto(f"{installation.url}/admin/performance")
    expect(plot(page, "Errors")).to_be_visible()
    return page


@pytest.fixture(scope="module")
def answered(browser: Browser, installation: Parley) -> None:
    """Somebody was answered, somebody was refused, and the history knows it."""
    with another(browser, installation, "asks@example.org", "Asker") as page:
        responses = f"{installation.url}/v1/responses"
        assert page.context.request.post(responses, data={"input": "Say it [[tokens=150]]"}).status == 200
        assert page.context.request.post(responses, data={"input": "x", "temperature": "hot"}).status == 400
        sign_in(page, installation, ADMINISTRATOR)
        page.goto(f"{installation.url}/admin/errors")
        installation.wait_until(lambda: knows_all(told(page, "/v1/admin/history?step_s=10")), "the history to know it")


def knows_all(history: dict[str, Any]) -> bool:
    """Whether it has tokens, times and an error, each in a step that has ended."""
    errors = (value for series in history["errors"].values() for value in series)
    return any(history["tokens_per_s"]) and any(history["time_per_output_token_s"]["p50"]) and any(errors)


def plot(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=title, exact=True)


def rows_of(page: Page, title: str) -> dict[int, list[float | None]]:
    """What the table behind a plot's fold says, by the time of each step."""
    plot(page, title).locator("summary").click()
    table = plot(page, title).get_by_role("table")
    expect(table).to_be_visible()
    found: list[tuple[str, list[str]]] = table.evaluate("""table => [...table.tBodies[0].rows].map(
        (row) => [row.dataset.at, [...row.cells].slice(1).map((cell) => cell.innerText)])""")
    return {int(at): [number_of(cell) for cell in cells] for at, cells in found}


def number_of(cell: str) -> float | None:
    if cell == "–":
        return None
    value, *unit = cell.replace(",", "").split()
    return float(value) * (SCALES[unit[0]] if unit else 1)


def series_of(history: dict[str, Any], path: list[str]) -> dict[int, float | None]:
    values: Any = history
    for name in path:
        values = values[name]
    return dict(zip(history["at"], values, strict=True))


def test_before_anybody_asks_it_says_that_there_is_nothing(room: Page) -> None:
    expect(plot(room, "Time to first token")).to_contain_text("Nothing was measured yet.")
    expect(plot(room, "Time to first token").locator("path").first).to_have_attribute("d", "")


@pytest.mark.usefixtures("answered")
def test_the_tables_say_what_the_server_says(room: Page) -> None:
    with room.expect_response(re.compile("/v1/admin/history.*since=")):  # the picture has grown once, by what was new
        pass
    shown = {title: rows_of(room, title) for title in SERIES}
    history = told(room, "/v1/admin/history")
    for title, columns in SERIES.items():
        for at, cells in shown[title].items():
            for cell, path in zip(cells, columns, strict=True):
                assert cell == pytest.approx(series_of(history, path)[at], rel=0.05, abs=0.06), (title, at)
    until = max(shown["Tokens per second"])  # the server may know a step more by now
    measured = [value for at, value in series_of(history, ["time_to_first_token_s", "p50"]).items()
                if value is not None and at <= until]
    assert [row[0] for row in shown["Time to first token"].values()] == pytest.approx(measured, abs=0.0006)
    made = [row[0] for row in shown["Tokens per second"].values() if row[0]]
    assert made
    errors = rows_of(room, "Errors")
    assert sum(row[0] or 0 for row in errors.values()) >= 1


@pytest.mark.usefixtures("answered")
def test_the_newest_is_read_out_and_arrow_keys_go_back(room: Page) -> None:
    slider = plot(room, "Time to first token").get_by_role("slider")
    newest = slider.get_attribute("aria-valuetext") or ""
    assert re.match(r"^\d+:\d\d:\d\d.*: p50 [\d.]+ m?s, p95 [\d.]+ m?s$", newest)
    slider.focus()
    room.keyboard.press("End")
    last = int(slider.get_attribute("aria-valuemax") or "")
    expect(slider).to_have_attribute("aria-valuenow", str(last))
    expect(room.locator(".admin-plot .cursor")).to_have_count(6)
    room.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuenow", str(last - 1))
    room.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuenow", "0")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(": p50 –, p95 –$"))
    room.keyboard.press("Escape")
    expect(room.locator(".admin-plot .cursor")).to_have_count(0)


@pytest.mark.usefixtures("answered")
def test_a_pointer_reads_all_plots_at_one_time(room: Page) -> None:
    drawing = plot(room, "Tokens per second").get_by_role("slider")
    box = drawing.bounding_box()
    assert box
    room.mouse.move(box["x"] + box["width"] - 14, box["y"] + 60)
    expect(room.locator(".admin-plot .cursor")).to_have_count(6)
    times = room.locator(".cursor-time text").all_text_contents()
    assert len(times) == 6
    assert len(set(times)) == 1
    room.mouse.move(box["x"] + 5, box["y"] - 60)
    expect(room.locator(".admin-plot .cursor")).to_have_count(0)


@pytest.mark.usefixtures("answered")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1600])
def test_nothing_stands_in_anybodys_way(room: Page, scheme: Any, width: int) -> None:
    room.emulate_media(color_scheme=scheme)
    room.set_viewport_size({"width": width, "height": 800})
    room.reload()
    rows_of(room, "Errors")
    plot(room, "Tokens per second").get_by_role("slider").focus()
    room.keyboard.press("Home")
    check_accessibility(room)
    assert room.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert room.evaluate("(room => room.scrollWidth <= room.clientWidth)(document.querySelector('.room'))")
    drawn = plot(room, "Tokens per second").locator("svg")
    expect(drawn).to_have_attribute("width", re.compile(r"^\d{3}$"))
