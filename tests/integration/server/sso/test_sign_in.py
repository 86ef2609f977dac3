"""Signing in through gateways as browsers do: at a certified provider, and at what speaks as GitHub does."""
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.github_server import CLIENT_ID as GITHUB_ID
from tests.github_server import CLIENT_SECRET as GITHUB_SECRET
from tests.github_server import GitHub, github_server
from tests.integration.server import accounts
from tests.integration.server.accounts import PASSWORD
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcServer
from tests.oidc_provider import Browser as AtProvider
from tests.parley import Parley, free_port

GITHUB_PORT = free_port()
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[Parley, OidcServer]]:
    """Two gateways; a provider that knows them, and one that nobody runs."""
    server = OidcServer()
    secrets = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    settings = {f"sso__{name}__{key}": value for name, more in {
        "company": {**secrets, "issuer": server.issuer, "title": "Our company"},
        "nowhere": {**secrets, "issuer": f"http://127.0.0.1:{free_port()}"},
        "github": {"client_id": GITHUB_ID, "client_secret": GITHUB_SECRET,
                   "issuer": f"http://127.0.0.1:{GITHUB_PORT}"},
    }.items() for key, value in more.items()}
    with ExitStack() as running:
        parley = Parley(gateways=2, settings={**settings, "synthetic_tokens_per_s": "500"})
        server.redirect_uris = tuple(f"{url}/v1/auth/sso/company/callback" for url in parley.urls)
        running.enter_context(server)
        running.enter_context(parley)
        yield parley, server


class Browser(accounts.Browser):
    """One that also signs in at the provider."""

    def __init__(self, parley: Parley, server: OidcServer, gateway: int = 0) -> None:
        super().__init__(parley, gateway)
        self.there = AtProvider(self.client, server.issuer)

    async def begin(self, provider: str = "company", next: str = "/") -> str:
        """Where it is sent."""
        answer = await self.client.get(f"/auth/sso/{provider}", params={"next": next})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def come_back(self, login: str, next: str = "/") -> httpx.Response:
        return await self.client.get(await self.there.sign_in(await self.begin(next=next), login))

    async def enter_by(self, login: str) -> dict[str, Any]:
        """Sign in, and say who one is."""
        answer = await self.come_back(login, "/c/1?x=y")
        assert (answer.status_code, answer.headers["location"]) == (303, "/c/1?x=y"), answer.text
        return await self.get("/account")


@pytest.fixture
async def browser(world: tuple[Parley, OidcServer]) -> AsyncIterator[Browser]:
    async with Browser(*world) as browser:
        yield browser


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_the_buttons(browser: Browser) -> None:
    listed = (await browser.get("/auth/providers"))["data"]
    assert [(one["id"], one["title"], one["url"]) for one in listed] == [
        ("github", "GitHub", "/v1/auth/sso/github"),
        ("nowhere", "Nowhere", "/v1/auth/sso/nowhere"),
        ("company", "Our company", "/v1/auth/sso/company"),
    ]


async def test_somebody_new_gets_an_account_and_comes_back_to_it(
        browser: Browser, world: tuple[Parley, OidcServer]) -> None:
    me = await browser.enter_by("ada")
    assert me["email"] == "ada@example.com"
    async with Browser(*world, gateway=1) as again:
        assert (await again.enter_by("ada"))["id"] == me["id"]


async def test_the_cookies_are_fit_for_it(browser: Browser) -> None:
    answer = await browser.client.get("/auth/sso/company")
    set_cookie = answer.headers["set-cookie"]
    assert re.search(r"parley_sso=.*; HttpOnly; Max-Age=600; Path=/v1/auth/sso; SameSite=lax", set_cookie)
    done = await browser.client.get(await browser.there.sign_in(answer.headers["location"], "eva"))
    session = next(value for value in done.headers.get_list("set-cookie") if value.startswith("parley_session="))
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "parley_sso" not in browser.client.cookies


async def test_a_guest_keeps_what_was_talked_of(browser: Browser) -> None:
    await browser.open_page()
    made = await browser.client.post("/responses", json={"input": "[[tokens=3]] Hi", "store": True})
    assert made.status_code == 200, made.text
    await browser.enter_by("guest-grace")
    kept = await browser.client.get(f"/responses/{made.json()['id']}")
    assert kept.status_code == 200, kept.text


async def test_a_guest_who_has_an_account_already_takes_it_along(
        browser: Browser, world: tuple[Parley, OidcServer]) -> None:
    async with Browser(*world) as first:
        me = await first.enter_by("henry")
    await browser.open_page()
    made = await browser.client.post("/responses", json={"input": "[[tokens=3]] Hi", "store": True})
    assert (await browser.enter_by("henry"))["id"] == me["id"]
    assert (await browser.client.get(f"/responses/{made.json()['id']}")).status_code == 200


async def test_an_account_that_has_not_confirmed_its_address_is_not_linked(
        browser: Browser, world: tuple[Parley, OidcServer]) -> None:
    async with Browser(*world) as other:
        await other.register("ivan@example.com")
    assert code_of(await browser.come_back("ivan")) == (409, "account_not_linkable")
    assert await browser.refusal("GET", "/account/sessions") in ((403, "account_required"), (401, "invalid_api_key"))


async def test_an_address_that_the_provider_has_not_verified_is_not_linked(
        browser: Browser, world: tuple[Parley, OidcServer]) -> None:
    async with Browser(*world) as other:
        await other.register("unverified-judy@example.com")
    assert code_of(await browser.come_back("unverified-judy")) == (409, "account_not_linkable")


async def test_linking_and_unlinking(browser: Browser, world: tuple[Parley, OidcServer]) -> None:
    me = await browser.enter("kate@example.com")
    begun = await browser.client.post("/auth/sso/company/link", params={"next": "/settings"})
    assert begun.status_code == 200, begun.text
    answer = await browser.client.get(await browser.there.sign_in(begun.json()["url"], "kate-at-work"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings"), answer.text
    [linked] = (await browser.get("/account/identities"))["data"]
    assert (linked["provider"], linked["email"]) == ("company", "kate-at-work@example.com")
    async with Browser(*world) as again:
        assert (await again.enter_by("kate-at-work"))["id"] == me["id"]
    async with Browser(*world) as other:
        await other.enter("leo@example.com")
        begun = await other.client.post("/auth/sso/company/link")
        answer = await other.client.get(await other.there.sign_in(begun.json()["url"], "kate-at-work"))
        assert code_of(answer) == (409, "identity_taken")
        assert await other.refusal("DELETE", f"/account/identities/{linked['id']}") == (404, "not_found")
    assert (await browser.client.delete(f"/account/identities/{linked['id']}")).status_code == 204
    assert (await browser.get("/account/identities"))["data"] == []
    await browser.sign_in("kate@example.com", PASSWORD)


async def test_the_last_way_to_sign_in_stays(browser: Browser) -> None:
    await browser.enter_by("mallory")
    [only] = (await browser.get("/account/identities"))["data"]
    assert await browser.refusal("DELETE", f"/account/identities/{only['id']}") == (409, "last_sign_in")


async def test_linking_needs_an_account(browser: Browser) -> None:
    assert (await browser.client.post("/auth/sso/company/link")).status_code in (401, 403)


async def test_a_changed_state_a_second_try_and_another_browser(
        browser: Browser, world: tuple[Parley, OidcServer]) -> None:
    back = await browser.there.sign_in(await browser.begin(), "nina")
    changed = back.copy_set_param("state", "x" + back.params["state"][1:] + "y")
    assert code_of(await browser.client.get(changed)) == (400, "sso_state_mismatch")
    async with Browser(*world) as other:
        assert code_of(await other.client.get(back)) == (400, "sso_state_mismatch")
    assert (await browser.client.get(back)).status_code == 303
    assert code_of(await browser.client.get(back)) == (400, "sso_state_mismatch")


async def test_the_provider_refuses_who_brings_no_pkce(browser: Browser) -> None:
    without = re.sub("&code_challenge[a-z_]*=[^&]*", "", await browser.begin())
    sent_back = (await browser.client.get(without)).next_request
    assert sent_back is not None
    answer = await browser.client.get(sent_back.url)
    assert code_of(answer) == (400, "sso_refused")
    assert "invalid_request" in answer.json()["error"]["message"]


async def test_consent_that_was_denied_is_told_by_the_page(browser: Browser) -> None:
    back = await browser.there.refuse(await browser.begin())
    assert code_of(await browser.client.get(back)) == (403, "sso_denied")
    page = await browser.client.get(back, headers=HTML)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?problem=sso_denied")
    assert page.headers["cache-control"] == "no-store"


async def test_a_provider_that_is_away(browser: Browser) -> None:
    answer = await browser.client.get("/auth/sso/nowhere")
    assert code_of(answer) == (503, "sso_unavailable")
    assert answer.headers["retry-after"] == "30"
    page = await browser.client.get("/auth/sso/nowhere", headers=HTML)
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in?problem=sso_unavailable")
    assert code_of(await browser.client.get("/auth/sso/unknown")) == (404, "not_found")


async def test_without_an_address_there_is_no_account(browser: Browser) -> None:
    assert code_of(await browser.come_back("nobody-olga")) == (400, "sso_email_missing")


async def test_only_to_this_page(browser: Browser) -> None:
    answer = await browser.come_back("peggy", "https://evil.example/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_a_page_of_elsewhere_cannot_begin_it(browser: Browser) -> None:
    foreign = {"Origin": "https://evil.example"}
    assert code_of(await browser.client.get("/auth/sso/company", headers=foreign)) == (403, "forbidden_origin")


@pytest.fixture
async def github() -> AsyncIterator[GitHub]:
    async with github_server(GITHUB_PORT) as github:
        github.emails = [{"email": "octo@example.com", "verified": True, "primary": True}]
        yield github


async def test_github_through_a_gateway(browser: Browser, github: GitHub) -> None:
    """Against a small server that speaks its three endpoints: not GitHub itself."""
    sent_back = (await browser.client.get(await browser.begin("github"))).next_request
    assert sent_back is not None
    answer = await browser.client.get(sent_back.url)
    assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
    assert (await browser.get("/account"))["email"] == "octo@example.com"
    github.denies = True
    sent_back = (await browser.client.get(await browser.begin("github"))).next_request
    assert sent_back is not None
    assert code_of(await browser.client.get(sent_back.url)) == (403, "sso_denied")
