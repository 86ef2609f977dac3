"""A conversation that somebody shared, as whoever has the link reads it."""
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import check_accessibility
from tests.browser.conversations import become_guest, export, talk
from tests.parley import Parley


@pytest.fixture
def reader(page: Page, browser: Browser, parley: Parley) -> Iterator[Page]:
    """Somebody else than the guest of `page`."""
    become_guest(page, parley)
    context = browser.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def share(page: Page, parley: Parley, name: str) -> str:
    """The address of a link to it."""
    made = page.context.request.post(f"{parley.url}/v1/conversations/{name}/shares", data={})
    return f"{parley.url}/shared/{made.json()['id']}"


def test_anybody_reads_it_and_nothing_else(page: Page, reader: Page, parley: Parley) -> None:
    name = talk(page, parley, "Geography", question="Is **this** Paris?", answer="# Yes\n\nIt is **Paris**.")
    reader.goto(share(page, parley, name))
    expect(reader.get_by_role("heading", level=1)).to_have_text("Geography")
    expect(reader).to_have_title("Geography – Parley")
    expect(reader.get_by_role("article", name="Question")).to_have_text("Is **this** Paris?")
    answer = reader.get_by_role("article", name="Answer")
    expect(answer.get_by_role("heading", name="Yes")).to_be_visible()
    expect(answer.locator("strong")).to_have_text("Paris")
    expect(reader.get_by_role("navigation")).to_have_count(0)
    expect(reader.get_by_role("textbox")).to_have_count(0)
    reader.get_by_role("link", name="Begin your own chat").click()
    expect(reader).to_have_url(f"{parley.url}/")
    expect(reader.get_by_label("Message")).to_be_visible()


def test_all_kinds_of_items_are_shown(page: Page, reader: Page, parley: Parley) -> None:
    told = export("Weather")
    told["turns"][0]["items"][1:1] = [
        {"type": "function_call", "call_id": "1", "name": "weather", "arguments": '{"city": "Paris"}'},
        {"type": "function_call_output", "call_id": "1", "output": "It rains."},
    ]
    name = page.context.request.post(f"{parley.url}/v1/conversations/import", data=told).json()["id"]
    reader.goto(share(page, parley, name))
    reader.get_by_text("Called weather").click()
    expect(reader.get_by_text('{"city": "Paris"}')).to_be_visible()
    reader.get_by_text("What it gave").click()
    expect(reader.get_by_text("It rains.")).to_be_visible()


def test_a_long_one_is_read_on_as_one_scrolls(page: Page, reader: Page, parley: Parley) -> None:
    told = export("Long")
    first = told["turns"][0]
    turns: list[dict[str, Any]] = [
        {**first, "id": str(number), "parent_id": str(number - 1) if number else None,
         "items": [{"type": "message", "role": "user", "content": f"Question {number}"},
                   {"type": "message", "role": "assistant", "content": f"Answer {number}\n\n" * 8}]}
        for number in range(60)]
    told |= {"turns": turns, "active_turn_id": "59"}
    name = page.context.request.post(f"{parley.url}/v1/conversations/import", data=told).json()["id"]
    reader.goto(share(page, parley, name))
    expect(reader.get_by_role("article", name="Question").first).to_have_text("Question 0")
    expect(reader.get_by_role("article", name="Question")).to_have_count(25)
    for count in (50, 60):
        reader.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        expect(reader.get_by_role("article", name="Question")).to_have_count(count)
    expect(reader.get_by_role("article", name="Question").last).to_have_text("Question 59")


def test_a_link_that_is_no_more(reader: Page, parley: Parley) -> None:
    reader.goto(f"{parley.url}/shared/nothing")
    expect(reader.get_by_role("heading", name="There is nothing here any more")).to_be_visible()
    expect(reader.get_by_text("Ask whoever gave it to you for another one.")).to_be_visible()
    check_accessibility(reader)


def test_a_server_that_is_away_is_asked_again(page: Page, reader: Page, parley: Parley) -> None:
    address = share(page, parley, talk(page, parley, "Geography"))
    reader.route("**/v1/shared/*", lambda route: route.abort())
    reader.goto(address)
    expect(reader.get_by_role("heading", name="This conversation cannot be shown just now")).to_be_visible()
    reader.unroute("**/v1/shared/*")
    reader.get_by_role("button", name="Try again").click()
    expect(reader.get_by_role("heading", name="Geography")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_it_is_accessible_and_no_wider_than_the_screen(
        page: Page, reader: Page, parley: Parley, scheme: str, width: int) -> None:
    name = talk(page, parley, "long" * 40, question="word" * 100, answer="```\n" + "code " * 100 + "\n```")
    reader.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    reader.set_viewport_size({"width": width, "height": 700})
    reader.goto(share(page, parley, name))
    expect(reader.get_by_role("article", name="Answer")).to_be_visible()
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check_accessibility(reader)
