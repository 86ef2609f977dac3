"""What one does with all conversations at once, where one's data is."""
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import check_accessibility
from tests.browser.conversations import another_tab, choose, link, open_side, side, talk, toast, told
from tests.browser.talk import ask, open_chat, wait_for_text
from tests.parley import Parley


def press(page: Page, parley: Parley, button: str) -> Locator:
    """The question that comes then."""
    page.goto(f"{parley.url}/settings/data")
    page.get_by_role("button", name=button, exact=True).click()
    return page.get_by_role("dialog")


def count(page: Page, parley: Parley) -> dict[str, Any]:
    known: dict[str, Any] = page.context.request.get(f"{parley.url}/v1/conversations/count").json()
    return {"total": known["total"], "archived": known["archived"]}


def test_all_are_deleted_after_one_was_told_how_many(guest: Page, parley: Parley) -> None:
    names = [talk(guest, parley, f"Talk {number}") for number in range(3)]
    talk(guest, parley, "Put away", archived=True)
    shared = guest.context.request.post(f"{parley.url}/v1/conversations/{names[0]}/shares", data={}).json()
    other = another_tab(guest, parley, f"/c/{names[1]}")
    expect(other.get_by_text("Paris is the capital")).to_be_visible()
    dialog = press(guest, parley, "Delete all")
    expect(dialog).to_contain_text("4 conversations (1 of them is archived) will be deleted")
    expect(dialog).to_contain_text("This cannot be undone")
    dialog.get_by_role("button", name="Cancel").click()
    assert count(guest, parley)["total"] == 4

    dialog = press(guest, parley, "Delete all")
    dialog.get_by_role("button", name="Delete 4 conversations").click()
    expect(toast(guest, "4 conversations deleted.")).to_be_visible()
    assert count(guest, parley)["total"] == 0
    for tab in (guest, other):
        expect(link(tab, "Talk 0")).to_have_count(0)
        expect(side(tab).get_by_text("Nothing has been asked yet")).to_be_visible()
    expect(other).to_have_url(f"{parley.url}/")
    assert guest.context.request.get(f"{parley.url}{shared['path']}").status == 404
    guest.reload()
    expect(link(guest, "Talk 0")).to_have_count(0)
    press(guest, parley, "Delete all")
    expect(toast(guest, "You have no conversations.")).to_be_visible()


def test_what_is_written_is_stopped_and_what_was_found_goes(page: Page, parley: Parley) -> None:
    open_chat(page, parley)
    talk(page, parley, "Whales")
    growing = ask(page, "Long [[tokens=2000]]")
    wait_for_text(growing, 50)
    other = another_tab(page, parley)
    other.get_by_role("searchbox", name="Search conversations").fill("whales")
    expect(side(other).get_by_role("link", name=re.compile("Whales"))).to_be_visible()
    other.get_by_role("button", name="Account: Guest").click()
    other.get_by_role("menuitem", name="Settings").click()
    other.get_by_role("link", name="Data").click()
    other.get_by_role("button", name="Delete all", exact=True).click()
    other.get_by_role("button", name="Delete 2 conversations").click()
    expect(toast(other, "2 conversations deleted.")).to_be_visible()
    expect(side(other).get_by_role("link", name=re.compile("Whales"))).to_have_count(0)
    expect(page).to_have_url(f"{parley.url}/")
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)


def test_one_that_came_meanwhile_is_not_deleted(guest: Page, parley: Parley) -> None:
    name = talk(guest, parley, "Seen")
    dialog = press(guest, parley, "Delete all")
    expect(dialog).to_contain_text("1 conversation will be deleted")
    talk(guest, parley, "Unseen")
    dialog.get_by_role("button", name="Delete 1 conversation").click()
    expect(toast(guest, "has changed meanwhile, so nothing was deleted")).to_be_visible()
    assert count(guest, parley)["total"] == 2
    assert told(guest, parley, name)


def test_one_that_is_about_to_be_deleted_is_not_counted(guest: Page, parley: Parley) -> None:
    for title in ("Gone already", "Still there"):
        talk(guest, parley, title)
    open_side(guest, parley, "/settings/data")
    choose(guest, "Gone already", "Delete")
    expect(toast(guest, "“Gone already” is deleted.")).to_be_visible()
    guest.get_by_role("button", name="Delete all", exact=True).click()
    expect(guest.get_by_role("dialog")).to_contain_text("1 conversation will be deleted")


def test_all_are_archived(guest: Page, parley: Parley) -> None:
    talk(guest, parley, "One")
    talk(guest, parley, "Two", pinned=True)
    talk(guest, parley, "Put away", archived=True)
    other = another_tab(guest, parley)
    expect(link(other, "Two")).to_be_visible()
    dialog = press(guest, parley, "Archive all")
    dialog.get_by_role("button", name="Archive 2 conversations").click()
    expect(toast(guest, "2 conversations archived.")).to_be_visible()
    assert count(guest, parley) == {"total": 3, "archived": 3}
    for tab in (guest, other):
        expect(link(tab, "One")).to_be_hidden()
        side(tab).get_by_role("heading", name="Archived").click()
        expect(link(tab, "Two")).to_be_visible()
    press(guest, parley, "Archive all")
    expect(toast(guest, "no conversation that is not archived already")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_questions_are_accessible(guest: Page, parley: Parley, scheme: Any) -> None:
    guest.emulate_media(color_scheme=scheme)
    talk(guest, parley, "One")
    for button in ("Delete all", "Archive all"):
        expect(press(guest, parley, button)).to_be_visible()
        check_accessibility(guest)
