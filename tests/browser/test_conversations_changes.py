"""Renaming and deleting in the list at the side, and what other tabs see of it."""
import re

from playwright.sync_api import Page, Route, expect

from tests.browser.conversations import (
    another_tab,
    choose,
    link,
    open_side,
    side,
    talk,
    titles,
    toast,
    told,
)
from tests.browser.people import sign_up
from tests.parley import Parley


def wait_until_gone(page: Page, parley: Parley, name: str) -> None:
    parley.wait_until(lambda: not told(page, parley, name), "the conversation to be deleted")


def test_renamed_in_place(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "Before")
    open_side(guest, parley)
    choose(guest, "Before", "Rename")
    field = side(guest).get_by_label("New title")
    expect(field).to_be_focused()
    expect(field).to_have_value("Before")
    field.fill("  After   all ")
    field.press("Enter")
    expect(link(guest, "After all")).to_be_focused()
    choose(guest, "After all", "Rename")
    field.fill("Not wanted")
    field.press("Escape")
    expect(link(guest, "After all")).to_be_focused()
    choose(guest, "After all", "Rename")
    field.fill("")
    field.press("Enter")
    expect(link(guest, "After all")).to_be_visible()
    choose(guest, "After all", "Rename")
    field.fill("Left and kept")
    guest.get_by_label("Message").click()
    expect(link(guest, "Left and kept")).to_be_visible()
    parley.wait_until(lambda: told(guest, parley, name)["parley:title"] == "Left and kept", "the title")


def test_a_title_that_is_refused_is_as_before(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "Before")
    open_side(guest, parley)
    refusal = {"error": {"code": "invalid_value", "message": "It should say something.", "type": "server_error"}}
    guest.route(f"**/v1/conversations/{name}", lambda route: route.fulfill(status=400, json=refusal))
    choose(guest, "Before", "Rename")
    side(guest).get_by_label("New title").fill("After")
    side(guest).get_by_label("New title").press("Enter")
    expect(toast(guest, "The title is as it was. It should say something.")).to_be_visible()
    expect(link(guest, "Before")).to_be_visible()


def test_deleted_and_brought_back(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "Precious")
    open_side(guest, parley, f"/c/{name}")
    choose(guest, "Precious", "Delete")
    expect(link(guest, "Precious")).to_be_hidden()
    expect(guest).to_have_url(f"{parley.url}/")
    toast(guest, "“Precious” is deleted.").get_by_role("button", name="Undo").click()
    expect(link(guest, "Precious")).to_be_visible()
    expect(guest).to_have_url(re.compile(f"/c/{name}$"))
    assert told(guest, parley, name)["parley:title"] == "Precious"


def test_deleted_when_nobody_wants_it_back(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "Worthless")
    open_side(guest, parley)
    choose(guest, "Worthless", "Delete")
    guest.mouse.move(600, 10)
    expect(toast(guest, "“Worthless” is deleted.")).to_be_hidden()
    wait_until_gone(guest, parley, name)
    guest.reload()
    expect(side(guest)).to_contain_text("Nothing has been asked yet.")


def test_deleted_when_the_page_is_left(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "Worthless")
    open_side(guest, parley)
    choose(guest, "Worthless", "Delete")
    expect(toast(guest, "“Worthless” is deleted.")).to_be_visible()
    assert told(guest, parley, name)
    guest.goto("about:blank")
    wait_until_gone(guest, parley, name)


def test_deleted_when_one_signs_out(page: Page, parley: Parley) -> None:
    sign_up(page, parley, "tidy@example.org")
    name = talk(page, parley, "Worthless")
    open_side(page, parley)
    state = page.context.storage_state()
    choose(page, "Worthless", "Delete")
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
        page.get_by_role("button", name="Account").click()
        page.get_by_role("menuitem", name="Sign out").click()
    assert deleted.value.status == 200
    assert deleted.value.url.endswith(name)
    assert any(cookie["name"] == "parley_session" for cookie in state["cookies"])


def test_a_second_tab_sees_what_is_done(guest: Page, parley: Parley) -> None:
    first, second = talk(guest, parley, "First"), talk(guest, parley, "Second")
    open_side(guest, parley)
    other = another_tab(guest, parley, f"/c/{second}")
    choose(guest, "First", "Rename")
    side(guest).get_by_label("New title").fill("Renamed")
    side(guest).get_by_label("New title").press("Enter")
    expect(link(other, "Renamed")).to_be_visible()
    choose(guest, "Renamed", "Pin")
    expect(titles(other, "Pinned")).to_have_text(["Renamed"])
    choose(guest, "Second", "Delete")
    expect(link(other, "Second")).to_be_hidden()
    toast(guest, "“Second” is deleted.").get_by_role("button", name="Undo").click()
    expect(link(other, "Second")).to_be_visible()
    expect(other).to_have_url(re.compile(f"/c/{second}$"))
    choose(guest, "Second", "Delete")
    toast(guest, "“Second” is deleted.").get_by_role("button", name="Close").click()
    expect(other).to_have_url(f"{parley.url}/")
    expect(toast(other, "has been deleted in another tab")).to_be_visible()
    assert told(guest, parley, first)["parley:pinned"]
    wait_until_gone(guest, parley, second)


def test_two_changes_of_one_reach_the_server_in_their_order(guest: Page, parley: Parley) -> None:
    """The first is held back; the second must wait for it."""
    name = talk(guest, parley, "Once")
    open_side(guest, parley)
    held: list[Route] = []
    guest.route(f"**/v1/conversations/{name}", lambda route: held.append(route) if not held else route.fallback())
    for title in ("Twice", "Thrice"):
        link(guest, "Once" if title == "Twice" else "Twice").press("F2")
        side(guest).get_by_label("New title").fill(title)
        side(guest).get_by_label("New title").press("Enter")
    expect(link(guest, "Thrice")).to_be_visible()
    assert told(guest, parley, name)["parley:title"] == "Once"
    held[0].fallback()
    parley.wait_until(lambda: told(guest, parley, name)["parley:title"] == "Thrice", "the last title")
    expect(link(guest, "Thrice")).to_be_visible()
