"""An installation that lets no guest in and nobody whose address is not confirmed: letters go through a real mail
server, and people may sign in at a real provider.
"""
import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import check_accessibility
from tests.browser.people import PASSWORD, account, fill_in, sign_in
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcServer
from tests.parley import Parley
from tests.smtp_server import Inbox, smtp_server_beside

OTHER = "quite another one"


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Parley, Inbox]]:
    with ExitStack() as running:
        inbox = running.enter_context(smtp_server_beside())
        provider = OidcServer()
        company = {
            "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "issuer": provider.issuer, "title": "Our company"}
        parley = Parley(settings={
            "guests": "false", "verified_only": "true", "smtp_url": f"smtp+plain://127.0.0.1:{inbox.port}",
            **{f"sso__company__{name}": value for name, value in company.items()}})
        provider.redirect_uris = (f"{parley.url}/v1/auth/sso/company/callback",)
        running.enter_context(provider)
        running.enter_context(parley)
        yield parley, inbox


@pytest.fixture
def closed(world: tuple[Parley, Inbox]) -> Parley:
    return world[0]


@pytest.fixture
def inbox(world: tuple[Parley, Inbox]) -> Inbox:
    return world[1]


@pytest.fixture(autouse=True)
def provider_without_icon(page: Page) -> None:
    """It has none, and the browser would call that an error."""
    page.route("**/favicon.ico", lambda route: route.fulfill(status=204))


def link_in_letter(closed: Parley, inbox: Inbox, to: str, kind: str) -> str:
    """Where the newest letter to this address leads, at the gateway that really listens."""
    found: list[str] = []

    def came() -> bool:
        texts = [letter.as_string() for letter in inbox.letters if letter["To"] == to]
        found[:] = re.findall(rf'href=3D"[^"]*(/letter#{kind}=\S+?)"', "".join(texts).replace("=\n", ""))
        return bool(found)

    closed.wait_until(came, f"a letter to {to}")
    return f"{closed.url}{found[-1].replace('=3D', '=')}"


def sign_in_at_provider(page: Page, login: str) -> None:
    page.get_by_placeholder("Enter any login").fill(login)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def composer(page: Page) -> Locator:
    return page.get_by_label("Message")


def test_whoever_may_not_come_in_signs_in_where_they_wanted_to_go(page: Page, closed: Parley) -> None:
    for path in ("/", "/settings/keys", "/c/conv_0a"):
        page.goto(f"{closed.url}{path}")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        expect(page).to_have_url(f"{closed.url}{path}")
        expect(page.get_by_text("Go on as a guest")).to_have_count(0)
    check_accessibility(page)


def test_an_account_begins_with_its_letter_and_a_forgotten_password_ends_with_one(
        page: Page, closed: Parley, inbox: Inbox) -> None:
    email = "new@example.org"
    page.goto(f"{closed.url}/sign-up")
    fill_in(page, email)
    page.get_by_role("button", name="Make an account").click()
    expect(page.get_by_role("status").filter(has_text=f"on its way to {email}")).to_be_visible()
    check_accessibility(page)
    page.get_by_role("link", name="Back to signing in").click()
    sign_in(page, email)
    expect(page.get_by_role("alert")).to_contain_text("Address not confirmed yet?")
    page.get_by_role("button", name="Send the letter again").click()
    expect(page.get_by_role("status").filter(has_text=f"on its way to {email}")).to_be_visible()
    page.goto(link_in_letter(closed, inbox, email, "verify"))
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, email)
    expect(composer(page)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Send the letter").click()
    expect(page.get_by_role("status").filter(has_text=f"If {email} has an account")).to_be_visible()
    page.goto(link_in_letter(closed, inbox, email, "reset"))
    page.get_by_label("New password").fill(OTHER)
    page.get_by_role("button", name="Choose a new password").click()
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, email, PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    sign_in(page, email, OTHER)
    expect(composer(page)).to_be_visible()


def test_somebody_signs_in_at_a_provider_and_comes_back_to_where_they_were(page: Page, closed: Parley) -> None:
    page.goto(f"{closed.url}/sign-in?next=/settings/profile")
    page.get_by_role("link", name="Go on with Our company").click()
    sign_in_at_provider(page, "ada")
    expect(page).to_have_url(f"{closed.url}/settings/profile")
    expect(page.get_by_text("ada@example.com", exact=True)).to_be_visible()
    page.get_by_role("link", name="Connections").click()
    entry = page.get_by_role("listitem").filter(has_text="Our company")
    expect(entry).to_contain_text("ada@example.com")
    check_accessibility(page)


def open_connections(page: Page, closed: Parley, inbox: Inbox, email: str) -> None:
    """As somebody with a new account, whose address is confirmed."""
    request, known = page.context.request, {"email": email, "password": PASSWORD}
    assert request.post(f"{closed.url}/v1/auth/register", data=known).status == 202
    page.goto(link_in_letter(closed, inbox, email, "verify"))
    expect(page.get_by_text("is confirmed")).to_be_visible()
    assert request.post(f"{closed.url}/v1/auth/login", data=known).status == 204
    page.goto(f"{closed.url}/settings/connections")


def test_a_provider_is_linked_and_unlinked(page: Page, closed: Parley, inbox: Inbox) -> None:
    email = "linked@example.org"
    open_connections(page, closed, inbox, email)
    expect(page.get_by_text("Nothing is connected")).to_be_visible()
    page.get_by_role("button", name="Connect Our company").click()
    sign_in_at_provider(page, "grace")
    expect(page).to_have_url(f"{closed.url}/settings/connections")
    entry = page.get_by_role("listitem").filter(has_text="grace@example.com")
    entry.get_by_role("button", name="Disconnect").click()
    page.get_by_role("dialog").get_by_role("button", name="Disconnect").click()
    expect(page.get_by_text("Nothing is connected")).to_be_visible()
    assert account(page, closed)["email"] == email


def test_who_is_refused_at_the_provider_is_told_and_can_begin_again(page: Page, closed: Parley) -> None:
    page.goto(f"{closed.url}/sign-in")
    page.get_by_role("link", name="Go on with Our company").click()
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("You did not let the provider tell who you are")
    check_accessibility(page)
    page.get_by_role("link", name="Go on with Our company").click()
    expect(page.get_by_placeholder("Enter any login")).to_be_visible()


def test_who_speaks_french_is_told_so_in_french(browser: Browser, closed: Parley) -> None:
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    page.goto(f"{closed.url}/v1/auth/sso/company/callback?state=none&error=access_denied")
    expect(page).to_have_url(f"{closed.url}/sign-in?problem=sso_state_mismatch")
    expect(page.get_by_role("alert")).to_contain_text("Recommencez, dans une seule fenêtre")
    page.goto(f"{closed.url}/sign-in?problem=Send+money+to+us")
    expect(page.get_by_role("alert")).to_contain_text("Quelque chose n’a pas marché")
    context.close()


def test_who_cannot_link_a_provider_is_told_where_one_does_it(page: Page, closed: Parley, inbox: Inbox) -> None:
    open_connections(page, closed, inbox, "refused@example.org")
    page.get_by_role("button", name="Connect Our company").click()
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(f"{closed.url}/settings/connections")
    expect(page.get_by_role("status").filter(has_text="You did not let the provider tell")).to_be_visible()
    expect(page.get_by_text("Nothing is connected")).to_be_visible()
