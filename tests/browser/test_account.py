"""Signing up and in, as a person does it."""
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import check_accessibility
from tests.browser.people import PASSWORD, account, sign_in, sign_up
from tests.parley import Parley


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark", locale="en-GB")
    yield context.new_page()
    context.close()


def conversation_of_a_guest(page: Page, parley: Parley) -> str:
    """The id of one that the guest who opens the page has begun."""
    page.goto(parley.url)
    made = page.context.request.post(f"{parley.url}/v1/conversations", data={"parley:title": "As a guest"})
    assert made.status == 200
    return str(made.json()["id"])


def test_a_guest_who_signs_up_keeps_the_history(page: Page, parley: Parley) -> None:
    conversation = conversation_of_a_guest(page, parley)
    page.goto(f"{parley.url}/sign-up")
    expect(page.get_by_text("What you have said as a guest comes with you")).to_be_visible()
    sign_up(page, parley, "guest@example.org")
    expect(page).to_have_url(f"{parley.url}/")
    expect(page.get_by_text("with all that you have said as a guest in it")).to_be_visible()
    assert account(page, parley)["email"] == "guest@example.org"
    assert page.context.request.get(f"{parley.url}/v1/conversations/{conversation}").status == 200


def test_a_guest_who_signs_in_takes_the_history_along(page: Page, parley: Parley) -> None:
    sign_up(page, parley, "elsewhere@example.org")
    page.context.clear_cookies()
    conversation = conversation_of_a_guest(page, parley)
    page.goto(f"{parley.url}/sign-in?next=/settings/profile")
    sign_in(page, "elsewhere@example.org")
    expect(page).to_have_url(f"{parley.url}/settings/profile")
    expect(page.get_by_text("What you have said as a guest is in this account now")).to_be_visible()
    assert page.context.request.get(f"{parley.url}/v1/conversations/{conversation}").status == 200


def test_signing_out_leaves_nothing_behind(page: Page, parley: Parley) -> None:
    sign_up(page, parley, "leaving@example.org")
    page.evaluate("localStorage.setItem('parley.of.something', '\"mine\"')")
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_role("button", name="Account").click()
    expect(page.get_by_role("menuitem", name="Sign in")).to_be_visible()
    assert account(page, parley)["is_guest"]
    assert page.evaluate("localStorage.getItem('parley.of.something')") is None
    assert "leaving@example.org" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_wrong_password_is_told_in_words(page: Page, parley: Parley) -> None:
    sign_up(page, parley, "careful@example.org")
    page.context.clear_cookies()
    page.goto(f"{parley.url}/sign-in")
    sign_in(page, "careful@example.org", "not the right one")
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    expect(page.get_by_label("E-mail address")).to_have_value("careful@example.org")
    check_accessibility(page)
    sign_in(page, "careful@example.org")
    expect(page).to_have_url(f"{parley.url}/")


def test_too_many_attempts_are_told_with_the_time_to_wait(page: Page, parley: Parley) -> None:
    page.goto(f"{parley.url}/sign-in")
    email, wrong = "tried@example.org", "not the right one"
    tried = {"email": email, "password": wrong}
    statuses = [page.context.request.post(f"{parley.url}/v1/auth/login", data=tried).status for _ in range(11)]
    assert statuses[-1] == 429
    sign_in(page, email, wrong)
    expect(page.get_by_role("alert")).to_have_text(re.compile(r"Try again in \d+ s"))


def test_after_signing_in_only_paths_of_the_page_are_gone_to(page: Page, parley: Parley) -> None:
    sign_up(page, parley, "lured@example.org")
    for lure in ("https://example.com/", "//example.com", "/v1/account", "/sign-in", "javascript:alert(1)"):
        page.goto(f"{parley.url}/sign-in?next={lure}")
        expect(page).to_have_url(f"{parley.url}/")


def test_a_password_can_be_looked_at(page: Page, parley: Parley) -> None:
    page.goto(f"{parley.url}/sign-in")
    field = page.get_by_label("Password", exact=True)
    field.fill(PASSWORD)
    expect(field).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "text")
    expect(page.get_by_role("button", name="Show the password")).to_have_attribute("aria-pressed", "true")


def test_a_forgotten_password_is_the_same_words_for_every_address(page: Page, parley: Parley) -> None:
    page.goto(f"{parley.url}/sign-in")
    page.get_by_role("link", name="Forgotten your password?").click()
    check_accessibility(page)
    page.get_by_label("E-mail address").fill("nobody-has-this@example.org")
    page.get_by_role("button", name="Send the letter").click()
    expect(page.get_by_role("status").filter(has_text="If nobody-has-this@example.org has an account")).to_be_visible()
    check_accessibility(page)


def test_the_first_account_is_the_administrators_and_a_closed_door_is_told(page: Page) -> None:
    with Parley(settings={"registration": "false"}) as fresh:
        page.goto(f"{fresh.url}/sign-up")
        expect(page.get_by_text("The first one is the administrator’s")).to_be_visible()
        check_accessibility(page)
        sign_up(page, fresh, "root@example.org")
        assert account(page, fresh)["role"] == "administrator"
        page.context.clear_cookies()
        page.goto(f"{fresh.url}/sign-in")
        expect(page.get_by_text("Nobody can make an account here by themselves")).to_be_visible()
        expect(page.get_by_role("link", name="Make an account")).to_have_count(0)
        page.goto(f"{fresh.url}/sign-up")
        expect(page.get_by_role("button", name="Make an account")).to_have_count(0)


def test_by_keyboard_alone(page: Page, parley: Parley) -> None:
    page.goto(f"{parley.url}/sign-up")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type("keys@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your account is made")).to_be_visible()


def test_the_way_in_is_accessible(page: Page, phone: Page, parley: Parley) -> None:
    for one in (page, phone):
        for path in ("/sign-in", "/sign-up", "/letter"):
            one.goto(f"{parley.url}{path}")
            expect(one.get_by_role("heading", level=1)).to_be_visible()
            check_accessibility(one)
            assert one.evaluate("document.documentElement.scrollWidth <= innerWidth")
