"""What one does with one's account: name, address, password, keys, sessions, and its end."""
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import check_accessibility
from tests.browser.people import PASSWORD, account, enter, sign_in
from tests.parley import Parley

OTHER = "quite another one"


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[Page]:
    """Another browser of the same person."""
    context = browser.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def letter_to(parley: Parley, email: str, kind: str) -> str:
    """The link in the newest."""
    found: list[str] = []

    def written() -> bool:
        found[:] = re.findall(rf"To {re.escape(email)}: .*?(/letter#{kind}=\S+)", parley.log("gateway-1"), re.DOTALL)
        return bool(found)

    parley.wait_until(written, f"a letter to {email}")
    return f"{parley.url}{found[-1]}"


def test_the_name_is_changed(page: Page, parley: Parley) -> None:
    enter(page, parley, "named@example.org", "/settings/profile")
    page.get_by_label("Name", exact=True).fill("Ada Lovelace")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name=re.compile("^Account"))).to_contain_text("Ada Lovelace")
    assert account(page, parley)["display_name"] == "Ada Lovelace"


def test_the_address_is_confirmed_and_changed_by_letters(page: Page, parley: Parley) -> None:
    enter(page, parley, "before@example.org", "/settings/profile")
    expect(page.get_by_text("not confirmed")).to_be_visible()
    page.get_by_role("button", name="Send the letter again").click()
    expect(page.get_by_role("status")).to_contain_text("on its way to before@example.org")
    page.goto(letter_to(parley, "before@example.org", "verify"))
    page.get_by_role("link", name="To the chat").click()
    page.goto(f"{parley.url}/settings/profile")
    expect(page.get_by_text("confirmed", exact=True)).to_be_visible()
    page.get_by_text("Change the address").click()
    form = page.locator("form", has=page.get_by_label("New address"))
    form.get_by_label("New address").fill("after@example.org")
    form.get_by_label("Password", exact=True).fill("not mine")
    form.get_by_role("button", name="Send the letter").click()
    expect(form.get_by_role("alert")).to_have_text("This is not your password. Try again.")
    form.get_by_label("Password", exact=True).fill(PASSWORD)
    form.get_by_role("button", name="Send the letter").click()
    page.goto(letter_to(parley, "after@example.org", "verify"))
    expect(page.get_by_text("Your address is confirmed")).to_be_visible()
    assert account(page, parley)["email"] == "after@example.org"


def test_the_password_is_changed(page: Page, elsewhere: Page, parley: Parley) -> None:
    enter(page, parley, "secret@example.org", "/settings/profile")
    page.get_by_text("Change the password").first.click()
    form = page.locator("form", has=page.get_by_label("Current password"))
    form.get_by_label("Current password").fill(PASSWORD)
    form.get_by_label("New password").fill(OTHER)
    form.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("Your new password counts now")).to_be_visible()
    elsewhere.goto(f"{parley.url}/sign-in")
    sign_in(elsewhere, "secret@example.org", OTHER)
    expect(elsewhere).to_have_url(f"{parley.url}/")


def test_a_key_is_made_used_and_revoked(page: Page, parley: Parley) -> None:
    enter(page, parley, "programs@example.org", "/settings/keys")
    page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    check_accessibility(page)
    dialog.get_by_label("Name").fill("backup")
    dialog.get_by_label("Conversations").uncheck()
    dialog.get_by_label("It lasts").select_option("30 days")
    dialog.get_by_role("button", name="Make a key").click()
    expect(dialog).to_contain_text("nobody can show it again")
    check_accessibility(page)
    key = dialog.locator("code").inner_text()
    bearer = {"Authorization": f"Bearer {key}"}
    assert page.context.request.get(f"{parley.url}/v1/models", headers=bearer).status == 200
    assert page.context.request.get(f"{parley.url}/v1/conversations", headers=bearer).status == 403
    dialog.get_by_role("button", name="Done").click()
    expect(page.locator("dialog")).to_have_count(0)
    assert key not in page.content()
    assert key not in page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    entry = page.get_by_role("listitem").filter(has_text="backup")
    expect(entry).to_contain_text("Ask models")
    expect(entry).not_to_contain_text("Conversations")
    entry.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("You have no keys")).to_be_visible()
    assert page.context.request.get(f"{parley.url}/v1/models", headers=bearer).status == 401


def test_a_key_that_may_do_nothing_is_not_made(page: Page, parley: Parley) -> None:
    enter(page, parley, "useless@example.org", "/settings/keys")
    page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("nothing")
    dialog.get_by_label("Conversations").uncheck()
    dialog.get_by_label("Ask models").uncheck()
    dialog.get_by_role("button", name="Make a key").click()
    assert not dialog.get_by_label("Ask models").evaluate("(box) => box.checkValidity()")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("You have no keys")).to_be_visible()


def test_a_session_that_is_ended_elsewhere_is_out_and_its_draft_is_kept(
        page: Page, elsewhere: Page, parley: Parley) -> None:
    enter(elsewhere, parley, "twice@example.org")
    elsewhere.get_by_label("Message").fill("not sent yet")
    enter(page, parley, "twice@example.org", "/settings/sessions")
    entries = page.locator(".settings-section").get_by_role("listitem")
    expect(entries).to_have_count(2)
    expect(entries.filter(has_text="this browser")).to_have_count(1)
    check_accessibility(page)
    entries.filter(has_not_text="this browser").get_by_role("button", name="End the session").click()
    expect(entries).to_have_count(1)
    expect(elsewhere.get_by_text("You are signed out")).to_be_visible(timeout=30_000)
    expect(elsewhere).to_have_url(f"{parley.url}/sign-in")
    sign_in(elsewhere, "twice@example.org")
    expect(elsewhere.get_by_label("Message")).to_have_value("not sent yet")


def test_all_other_sessions_are_ended(page: Page, elsewhere: Page, parley: Parley) -> None:
    enter(elsewhere, parley, "everywhere@example.org")
    enter(page, parley, "everywhere@example.org", "/settings/sessions")
    page.get_by_role("button", name="End all others").click()
    page.get_by_role("dialog").get_by_role("button", name="End all others").click()
    expect(page.locator(".settings-section").get_by_role("listitem")).to_have_count(1)
    assert elsewhere.context.request.get(f"{parley.url}/v1/account").status == 401


def test_the_account_is_deleted(page: Page, parley: Parley) -> None:
    enter(page, parley, "gone@example.org", "/settings/data")
    page.get_by_role("button", name="Delete the account").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("every link that you have shared")
    check_accessibility(page)
    button = dialog.get_by_role("button", name="Delete for good")
    expect(button).to_be_disabled()
    dialog.get_by_label("to confirm").fill("gone@example.org")
    dialog.get_by_label("Password", exact=True).fill("not mine")
    button.click()
    expect(dialog.get_by_role("alert")).to_have_text("This is not your password. Try again.")
    dialog.get_by_label("Password", exact=True).fill(PASSWORD)
    button.click()
    expect(page.get_by_role("button", name=re.compile("^Account"))).to_contain_text("Guest")
    assert account(page, parley)["is_guest"]
    assert "gone@example.org" not in page.evaluate("JSON.stringify(localStorage)")
    known = {"email": "gone@example.org", "password": PASSWORD}
    assert page.context.request.post(f"{parley.url}/v1/auth/login", data=known).status == 401


def test_what_was_one_accounts_is_not_shown_to_the_next(page: Page, parley: Parley) -> None:
    enter(page, parley, "first@example.org", "/settings/talking")
    page.get_by_label("Instructions").fill("a secret of the first")
    page.context.clear_cookies()
    enter(page, parley, "second@example.org", "/settings/talking")
    expect(page.get_by_label("Instructions")).to_have_value("")
    assert "a secret" not in page.evaluate("JSON.stringify(localStorage)")
