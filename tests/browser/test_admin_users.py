"""Who may use an installation, as its administrator sees and changes it."""
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.administration import ADMINISTRATOR, OFTEN, PASSWORD, another, register, sign_in, told
from tests.browser.axe import check_accessibility
from tests.browser.people import link_in
from tests.parley import Parley

pytestmark = pytest.mark.timeout(180)  # so many passwords take their time to be hashed
PEOPLE = 21  # beside the administrator: more than one page


@pytest.fixture(scope="module")
def installation() -> Iterator[Parley]:
    with Parley(settings=OFTEN) as parley:
        yield parley


@pytest.fixture(scope="module")
def people(browser: Browser, installation: Parley) -> None:
    """The first who registers is the administrator."""
    context = browser.new_context()
    register(context.request, installation, ADMINISTRATOR, "Ada")
    for number in range(1, PEOPLE + 1):
        register(context.request, installation, f"person{number}@example.org", f"Person {number}")
    context.close()


@pytest.fixture
def room(page: Page, installation: Parley, people: None) -> Page:
    sign_in(page, installation, ADMINISTRATOR)
    page.goto(f"{installation.url}/admin/users")
    expect(page.get_by_role("heading", name="Users", exact=True)).to_be_visible()
    return page


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(rf"^{name}\b")))


def choose(page: Page, name: str, action: str) -> None:
    """Something to do with somebody, out of the menu at the end of the row."""
    page.get_by_role("button", name=f"What to do with {name}", exact=True).click()
    page.get_by_role("menuitem", name=action, exact=True).click()


def agree(page: Page, yes: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=yes, exact=True).click()


def account_of(page: Page, parley: Parley) -> str:
    """Whose id the server sees behind this browser; a guest's or none once the session is over."""
    told: dict[str, Any] = page.context.request.get(f"{parley.url}/v1/account").json()
    return str(told.get("id"))


def test_the_first_who_registered_is_the_administrator(room: Page) -> None:
    own = row(room, "Ada")
    expect(own).to_contain_text("you")
    expect(own).to_contain_text("Administrator")
    expect(row(room, "Person 1")).not_to_contain_text("Administrator")
    expect(room.get_by_role("navigation", name="Administration").get_by_role("link", name="Users")).to_have_attribute(
        "aria-current", "page")


def test_somebody_is_invited(room: Page, browser: Browser, installation: Parley) -> None:
    room.get_by_role("button", name="Invite", exact=True).click()
    dialog = room.get_by_role("dialog", name="Invite somebody")
    check_accessibility(room)
    dialog.get_by_label("E-mail address").fill(ADMINISTRATOR)
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("has an account already")
    dialog.get_by_label("E-mail address").fill("ivy@example.org")
    dialog.get_by_label("Name").fill("Ivy")
    dialog.get_by_role("button", name="Invite", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(room.get_by_text("ivy@example.org is invited. No mail server is set")).to_be_visible()
    room.get_by_label("Search by name, address or id").fill("ivy@")
    expect(row(room, "Ivy")).to_contain_text("address not confirmed")
    with browser.new_context(locale="en-GB") as context:
        page = context.new_page()
        page.goto(link_in(installation, "invitation"))
        expect(page.get_by_role("heading", name="You are invited")).to_be_visible()
        check_accessibility(page)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Choose a password").click()
        page.get_by_role("link", name="Sign in").click()
        page.get_by_label("E-mail address").fill("ivy@example.org")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("button", name="Account: Ivy")).to_be_visible()


def test_pages_are_turned(room: Page) -> None:
    expect(room.get_by_role("rowheader")).to_have_count(20)
    expect(room.get_by_role("button", name="Previous")).to_be_disabled()
    room.get_by_role("button", name="Next").click()
    expect(room.get_by_text("Page 2")).to_be_visible()
    expect(row(room, f"Person {PEOPLE}")).to_be_visible()
    expect(row(room, "Ada")).to_have_count(0)
    expect(room.get_by_role("button", name="Next")).to_be_disabled()
    room.get_by_role("button", name="Previous").click()
    expect(row(room, "Ada")).to_be_visible()


def test_somebody_is_found_by_a_part_of_name_or_address(room: Page) -> None:
    expect(row(room, "Ada")).to_contain_text("conversation")
    room.get_by_role("button", name="Next").click()
    expect(room.get_by_text("Page 2")).to_be_visible()
    field = room.get_by_label("Search by name, address or id")
    field.fill("person 20")
    expect(room.get_by_role("rowheader")).to_have_count(1)
    expect(row(room, "Person 20")).to_be_visible()
    field.fill("nobody at all")
    expect(room.get_by_text("Nobody is found by “nobody at all”.")).to_be_visible()
    field.fill("")
    expect(room.get_by_role("rowheader")).to_have_count(20)
    assert room.locator(".admin-total").inner_text() == str(told(room, "/v1/admin/users")["total"])


def test_an_ordinary_user_is_made_an_administrator_and_back(room: Page) -> None:
    choose(room, "Person 2", "Make administrator")
    expect(room.get_by_role("dialog")).to_contain_text("Make Person 2 an administrator?")
    agree(room, "Make administrator")
    expect(row(room, "Person 2")).to_contain_text("Administrator")
    expect(room.get_by_text("Person 2 is an administrator now.")).to_be_visible()
    room.reload()
    expect(row(room, "Person 2")).to_contain_text("Administrator")
    choose(room, "Person 2", "Make an ordinary user")
    agree(room, "Make an ordinary user")
    expect(row(room, "Person 2")).not_to_contain_text("Administrator")


def test_whoever_is_turned_off_is_out_and_may_come_back(
        room: Page, browser: Browser, installation: Parley) -> None:
    with another(browser, installation, "bea@example.org", "Bea") as other:
        bea = account_of(other, installation)
        room.get_by_role("button", name="Next").click()
        choose(room, "Bea", "Turn off")
        expect(room.get_by_role("dialog")).to_contain_text("Nothing of theirs is deleted")
        room.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        assert account_of(other, installation) == bea
        choose(room, "Bea", "Turn off")
        agree(room, "Turn off")
        expect(row(room, "Bea")).to_contain_text("Turned off")
        installation.wait_until(lambda: account_of(other, installation) != bea, "her session to end")
        choose(room, "Bea", "Turn on")
        expect(row(room, "Bea")).to_contain_text("Active")
        sign_in(other, installation, "bea@example.org")
        assert account_of(other, installation) == bea


def test_the_last_administrator_stays_and_is_told_why(room: Page) -> None:
    choose(room, "Ada", "Turn off")
    expect(room.get_by_role("dialog")).to_contain_text("This is you")
    agree(room, "Turn off")
    expect(room.get_by_text("This is the last administrator. Make somebody else one first.")).to_be_visible()
    choose(room, "Ada", "Make an ordinary user")
    agree(room, "Make an ordinary user")
    expect(room.get_by_text("This is the last administrator. Make somebody else one first.")).to_have_count(2)
    expect(row(room, "Ada")).to_contain_text("Active")
    assert told(room, "/v1/account")["role"] == "administrator"


def test_it_is_done_by_keyboard(room: Page) -> None:
    room.get_by_role("button", name="What to do with Person 3").focus()
    room.keyboard.press("Enter")
    expect(room.get_by_role("menuitem", name="Make administrator")).to_be_focused()
    room.keyboard.press("ArrowDown")
    room.keyboard.press("Enter")
    expect(room.get_by_role("dialog")).to_be_visible()
    room.keyboard.press("Escape")
    expect(room.get_by_role("dialog")).to_have_count(0)
    expect(row(room, "Person 3")).to_contain_text("Active")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_anybodys_way(room: Page, scheme: Any) -> None:
    room.emulate_media(color_scheme=scheme)
    expect(row(room, "Ada")).to_be_visible()
    check_accessibility(room)
    room.get_by_role("button", name="What to do with Ada").click()
    check_accessibility(room)
    room.get_by_role("menuitem", name="Turn off").click()
    expect(room.get_by_role("dialog")).to_be_visible()
    check_accessibility(room)


def test_it_fits_a_phone(room: Page) -> None:
    room.set_viewport_size({"width": 360, "height": 740})
    expect(row(room, "Ada")).to_contain_text("Administrator")
    assert room.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert room.evaluate("(room => room.scrollWidth <= room.clientWidth)(document.querySelector('.room'))")
    check_accessibility(room)


def test_who_is_no_administrator_is_told_so_kindly(page: Page, installation: Parley, people: None) -> None:
    sign_in(page, installation, "person5@example.org")
    page.goto(f"{installation.url}/admin/users")
    expect(page.get_by_text("your account is not one of theirs")).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(0)
    check_accessibility(page)
    page.get_by_role("main").get_by_role("link", name="Back to the chat").click()
    expect(page).to_have_url(f"{installation.url}/")


def test_who_is_signed_out_may_sign_in(page: Page, installation: Parley, people: None) -> None:
    page.goto(f"{installation.url}/admin/users")
    expect(page.get_by_text("Sign in with an administrator’s account")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fadmin%2Fusers$"))
