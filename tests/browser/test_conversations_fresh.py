"""The list at the side is there at once, and then as the server has it."""
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conversations import (
    DAY_S,
    another_tab,
    link,
    open_side,
    side,
    talk,
    titles,
    told,
)
from tests.browser.talk import ask
from tests.parley import Parley

LISTS = re.compile(r"/v1/conversations\?")


@pytest.fixture
def held(guest: Page) -> Iterator[list[Route]]:
    """From when `guest` is told to hold them, requests for the list are not answered."""
    routes: list[Route] = []
    yield routes
    for route in routes:
        route.abort()


def hold(page: Page, routes: list[Route]) -> None:
    page.route(LISTS, lambda route: routes.append(route))  # playwright takes no method of a list


def remembered(page: Page) -> str:
    """What the browser keeps of lists."""
    kept: dict[str, str] = page.evaluate("({ ...localStorage })")
    return "".join(value for name, value in kept.items() if name.endswith(".conversations"))


def wait_until_remembered(page: Page, parley: Parley, title: str) -> None:
    parley.wait_until(lambda: title in remembered(page), "the list to be remembered")


def test_it_is_there_before_the_server_answers(guest: Page, parley: Parley, held: list[Route]) -> None:
    talk(guest, parley, "Known already")
    open_side(guest, parley)
    wait_until_remembered(guest, parley, "Known already")
    hold(guest, held)
    guest.reload()
    expect(link(guest, "Known already")).to_be_visible()
    assert held


def test_nobody_sees_the_list_of_another(guest: Page, parley: Parley, held: list[Route]) -> None:
    talk(guest, parley, "A secret")
    open_side(guest, parley)
    wait_until_remembered(guest, parley, "A secret")
    guest.context.clear_cookies()
    hold(guest, held)
    with guest.expect_request(LISTS):
        guest.reload()
    assert "A secret" in remembered(guest)
    expect(side(guest).locator(".talks-waiting")).to_be_visible()
    expect(link(guest, "A secret")).to_have_count(0)


def test_coming_back_to_the_tab_shows_what_happened_elsewhere(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "Before")
    gone = talk(guest, parley, "To go")
    open_side(guest, parley)
    expect(link(guest, "To go")).to_be_visible()
    request = guest.context.request
    request.post(f"{parley.url}/v1/conversations/{name}", data={"parley:title": "After"})
    request.delete(f"{parley.url}/v1/conversations/{gone}")
    talk(guest, parley, "New")
    guest.evaluate("dispatchEvent(new Event('focus'))")
    expect(titles(guest, "Today")).to_have_text(["New", "After"])


def test_an_answer_that_runs_is_marked_in_every_tab(guest: Page, parley: Parley) -> None:
    open_side(guest, parley)
    other = another_tab(guest, parley)
    ask(guest, "Why is the sky blue? [[tokens=3000]]")
    for tab in (guest, other):
        expect(side(tab).get_by_role("link", name="being answered")).to_be_visible()
    expect(guest).to_have_url(re.compile("/c/conv_"))
    guest.get_by_role("button", name="Stop").click()
    for tab in (guest, other):
        expect(side(tab).get_by_role("link", name=re.compile("Why is the sky blue"))).to_be_visible()
        expect(side(tab).get_by_role("link", name="being answered")).to_be_hidden()


def test_the_mark_goes_though_nobody_watches_the_answer(guest: Page, parley: Parley) -> None:
    open_side(guest, parley)
    ask(guest, "Why is the sky blue? [[tokens=60]]")
    expect(guest).to_have_url(re.compile("/c/conv_"))
    other = another_tab(guest, parley)
    guest.close()
    expect(side(other).get_by_role("link", name="being answered")).to_be_visible()
    expect(side(other).get_by_role("link", name="being answered")).to_be_hidden()
    expect(side(other).get_by_role("link", name=re.compile("Why is the sky blue"))).to_be_visible()


def test_a_title_that_comes_later_takes_the_place_of_the_question(guest: Page, parley: Parley) -> None:
    question = {"type": "message", "role": "user", "content": "What is the capital of France?"}
    request = guest.context.request
    name = request.post(f"{parley.url}/v1/conversations", data={"items": [question]}).json()["id"]
    open_side(guest, parley)
    row = side(guest).locator(f"[data-id={name}]")
    expect(row).to_have_text("What is the capital of France?")
    assert told(guest, parley, name)["parley:title_by"] == "question"
    before = row.bounding_box()
    request.post(f"{parley.url}/v1/conversations/{name}", data={"parley:title": "Capitals"})
    expect(row).to_have_text("Capitals")
    assert row.bounding_box() == before


def test_a_server_that_is_away_is_said_and_the_list_stays(guest: Page, parley: Parley) -> None:
    talk(guest, parley, "Known already")
    open_side(guest, parley)
    wait_until_remembered(guest, parley, "Known already")
    guest.route(LISTS, lambda route: route.abort())
    guest.reload()
    expect(side(guest)).to_contain_text("The server does not answer.")
    expect(link(guest, "Known already")).to_be_visible()
    guest.unroute(LISTS)
    talk(guest, parley, "Meanwhile")
    side(guest).get_by_role("button", name="Try again").click()
    expect(link(guest, "Meanwhile")).to_be_visible()
    expect(side(guest)).not_to_contain_text("The server does not answer.")


def test_hundreds_are_read_as_one_scrolls(guest: Page, parley: Parley) -> None:
    for number in range(230):
        talk(guest, parley, f"Talk {number}", ago_s=number * DAY_S / 4)
    asked: list[str] = []
    guest.on("request", lambda request: asked.append(request.url) if LISTS.search(request.url) else None)
    open_side(guest, parley)
    expect(link(guest, "Talk 0")).to_be_visible()
    rows = side(guest).locator(".talk")
    room = side(guest).locator(".talks-room")
    room.evaluate("(room) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert rows.count() <= 100, "not all of them are read before one has scrolled"
    for number in (90, 140, 190):
        room.evaluate("(room) => room.scrollTo(0, room.scrollHeight)")
        expect(link(guest, f"Talk {number}")).to_have_count(1)
    room.evaluate("(room) => room.scrollTo(0, room.scrollHeight)")
    expect(link(guest, "Talk 229")).to_be_visible()
    expect(rows).to_have_count(230)
    assert len([url for url in asked if "pinned=false" in url]) == 5


@pytest.mark.parametrize("width", [360, 1280])
def test_long_titles_and_those_from_right_to_left_stay_in_their_rows(guest: Page, parley: Parley, width: int) -> None:
    talk(guest, parley, "long" * 49)
    talk(guest, parley, "ما هي عاصمة فرنسا؟ سؤال طويل جدا عن المدن الكبيرة")
    guest.set_viewport_size({"width": width, "height": 700})
    guest.goto(parley.url)
    if width < 768:
        guest.get_by_role("button", name="Show conversations").click()
    expect(side(guest).locator(".talk")).to_have_count(2)
    assert side(guest).locator(".talks-room").evaluate("(room) => room.scrollWidth <= room.clientWidth")
    direction = "(title) => getComputedStyle(title).direction"
    assert link(guest, "long" * 49).locator(".talk-title").evaluate(direction) == "ltr"
    assert side(guest).get_by_role("link", name=re.compile("عاصمة")).locator(".talk-title").evaluate(direction) == "rtl"
