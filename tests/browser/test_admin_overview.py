"""How an installation is doing, as its administrator sees it: live, and with what is wrong first."""
import re
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

from tests.browser.administration import ADMINISTRATOR, administered, another, ask_at_length, sign_in, told
from tests.browser.axe import check_accessibility
from tests.parley import Parley

AWAY = "The server does not answer."


@pytest.fixture(scope="module")
def installation(browser: Browser) -> Iterator[Parley]:
    """The first who registers is the administrator. Tests may break it, if they mend it."""
    with administered(browser, synthetic_tokens_per_s="30") as parley:
        yield parley


@pytest.fixture
def room(page: Page, installation: Parley) -> Page:
    sign_in(page, installation, ADMINISTRATOR)
    page.goto(f"{installation.url}/admin")
    expect(figure(page, "Tokens/s")).to_have_text(re.compile(r"^\d"))
    return page


def figure(page: Page, name: str) -> Locator:
    """One of the large numbers."""
    return page.locator(".admin-tile").filter(has=page.get_by_text(name, exact=True)).locator(".admin-value")


def test_all_is_well_is_said_first(room: Page) -> None:
    expect(room.get_by_role("heading", name="Overview")).to_have_count(1)
    expect(room.locator(".admin-well")).to_have_text(
        re.compile(r"All is well\.\s+Redis and the database answer, and 1 worker"))
    for part in ("Redis", "Database"):
        expect(room.get_by_role("region", name=part)).to_contain_text("answers")
    worker = room.get_by_role("table", name=re.compile("Workers of")).get_by_role("row", name=re.compile("worker-1"))
    live = told(room, "/v1/admin/live")
    expect(worker).to_contain_text(f"0 of {live['workers'][0]['capacity']:,}")
    expect(room.get_by_role("table", name="Gateways").get_by_role("rowheader")).to_have_text(re.compile("gateway-1"))
    expect(room.get_by_role("region", name="Redis")).to_contain_text(live["redis"]["version"])


def test_figures_are_live_while_an_answer_runs(room: Page, browser: Browser, installation: Parley) -> None:
    expect(figure(room, "Running")).to_have_text("0")
    with another(browser, installation, "asks@example.org", "Asker") as other, ask_at_length(other, installation):
        expect(figure(room, "Running")).to_have_text("1")
        expect(figure(room, "Tokens/s")).to_have_text(re.compile(r"^(2[5-9]|3[0-5])(\.\d)?$"))
        expect(room.locator(".admin-tile", has_text="Connected")).to_contain_text("1 stream")
        live = told(room, "/v1/admin/live")
        assert (live["totals"]["running"], live["totals"]["streams"]) == (1, 1)
        expect(room.get_by_role("row", name=re.compile("worker-1"))).to_contain_text("1 of")
    expect(figure(room, "Running")).to_have_text("0")
    expect(figure(room, "Tokens/s")).to_have_text("0")


def test_who_is_connected_is_listed_while_they_are(room: Page, browser: Browser, installation: Parley) -> None:
    room.get_by_role("link", name="Connected").click()
    expect(room.get_by_role("heading", name="Connected")).to_be_visible()
    row = room.get_by_role("row").filter(has=room.get_by_role("rowheader", name=re.compile("Carl")))
    with another(browser, installation, "carl@example.org", "Carl") as other, ask_at_length(other, installation):
        expect(row).to_contain_text("carl@example.org")
        expect(row).to_contain_text("gateway-1")
        expect(row.get_by_role("cell").nth(2)).to_have_text("1")
        expect(row).to_contain_text(re.compile(r"for \d"))
        check_accessibility(room)
    expect(row).to_have_count(0)


def test_a_lost_worker_is_said_at_once_and_how_it_is_again(room: Page, installation: Parley) -> None:
    trouble = room.get_by_role("listitem").filter(has_text="No worker is there.")
    installation.end("worker-1", signal.SIGKILL)
    try:
        expect(trouble).to_contain_text("Nobody is answered")
        expect(room.get_by_role("status").filter(has_text="No worker is there.")).to_have_count(1)
        expect(room.locator(".admin-well")).to_have_count(0)
        check_accessibility(room)
    finally:
        installation.start_worker(1)
        installation.wait_ready()
    expect(trouble).to_have_count(0)
    expect(room.locator(".admin-well")).to_be_visible()


def test_while_the_server_is_away_the_last_picture_stays_with_its_age(room: Page, installation: Parley) -> None:
    notice = room.get_by_role("alert").filter(has_text=AWAY)
    installation.end("gateway-1", signal.SIGKILL)
    try:
        expect(notice).to_contain_text(re.compile(r"What you see is as it was at \d"))
        expect(room.get_by_text(re.compile(r"^[5-9] s old$"))).to_be_visible()
        expect(figure(room, "Running")).to_have_text("0")
        expect(room.get_by_text("All is well.")).to_have_count(0)
        check_accessibility(room)
    finally:
        installation.start_gateway(1)
        installation.wait_ready()
    expect(notice).to_have_count(0)
    expect(room.locator(".admin-well")).to_be_visible()


def test_a_page_that_nobody_sees_asks_nothing(page: Page, installation: Parley) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if request.url.endswith("/v1/admin/live") else None)
    sign_in(page, installation, ADMINISTRATOR)
    page.clock.install()
    page.goto(f"{installation.url}/admin")
    expect(figure(page, "Tokens/s")).to_be_visible()
    with page.expect_response("**/v1/admin/live"):
        page.clock.run_for(2000)
    turn(page, "hidden")
    before = len(asked)
    assert before >= 2
    page.clock.run_for(60_000)
    assert len(asked) == before
    with page.expect_response("**/v1/admin/live"):
        turn(page, "visible")
    assert len(asked) > before


def turn(page: Page, state: str) -> None:
    """As when somebody goes to another tab, or comes back."""
    page.evaluate("""(state) => {
        Object.defineProperty(document, "visibilityState", {value: state, configurable: true});
        document.dispatchEvent(new Event("visibilitychange"));
    }""", state)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1600])
def test_nothing_stands_in_anybodys_way(room: Page, scheme: Any, width: int) -> None:
    room.emulate_media(color_scheme=scheme)
    room.set_viewport_size({"width": width, "height": 800})
    room.reload()
    expect(figure(room, "Running")).to_be_visible()
    check_accessibility(room)
    assert room.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert room.evaluate("(room => room.scrollWidth <= room.clientWidth)(document.querySelector('.room'))")


def test_sections_are_reached_by_keyboard_and_by_address(room: Page, installation: Parley) -> None:
    room.get_by_role("link", name="Users").focus()
    room.keyboard.press("Enter")
    expect(room).to_have_url(f"{installation.url}/admin/users")
    expect(room.get_by_role("heading", name="Users", exact=True)).to_be_visible()
    room.go_back()
    expect(figure(room, "Running")).to_be_visible()
