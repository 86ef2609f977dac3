"""An installation that lets no guest in, and counts attempts: what a visitor meets there."""
import statistics
import time
from collections.abc import Iterator

import pytest

from tests.integration.server.accounts import PASSWORD, Browser, closing, token_in_letter
from tests.parley import Parley

KEY = "a-bootstrap-key"


@pytest.fixture(scope="module")
def closed() -> Iterator[Parley]:
    with Parley(settings={
            "guests": "false", "bootstrap_api_key": KEY, "attempts_per_account": "3",
            "allowed_origins": "https://app.example.org"}) as installation:
        yield installation


async def test_without_an_account_nobody_comes_in(closed: Parley) -> None:
    async with Browser(closed) as browser:
        await browser.open_page()
        assert await browser.refusal("GET", "/account") == (401, "invalid_api_key")
        for key in ("anything", "pk_unknown"):
            headers = {"Authorization": f"Bearer {key}"}
            assert await browser.refusal("GET", "/models", headers=headers) == (401, "invalid_api_key")
        account = await browser.enter("first@example.org")
        assert account["role"] == "administrator"


async def test_what_a_page_may_show_is_told_to_whoever_asks(closed: Parley) -> None:
    async with Browser(closed) as browser:
        told = await browser.get("/auth/options")
        assert {**told, "first_account": None} == {
            "object": "auth.options", "guests": False, "registration": True, "first_account": None,
            "verified_only": False, "mail": False, "providers": []}


async def test_the_bootstrap_key_is_an_administrators_without_an_account(closed: Parley) -> None:
    async with Browser(closed) as browser:
        browser.client.headers["Authorization"] = f"Bearer {KEY}"
        assert (await browser.get("/account"))["role"] == "administrator"
        assert (await browser.get("/admin/users"))["object"] == "list"
        assert await browser.refusal("POST", "/keys", json={"name": "x"}) == (403, "account_required")


async def test_an_administrator_invites_somebody(closed: Parley) -> None:
    async with Browser(closed) as browser:
        body = {"email": "Invited@example.org", "display_name": "Ivy"}
        assert await browser.refusal("POST", "/admin/users", json=body) == (401, "invalid_api_key")
        browser.client.headers["Authorization"] = f"Bearer {KEY}"
        made = await browser.client.post("/admin/users", json=body)
        assert made.status_code == 201, made.text
        assert made.json()["email"] == "invited@example.org"
        for wrong, code in ({"email": "no address"}, "invalid_value"), ({}, "missing_required_parameter"), (
                {**body, "role": "king"}, "invalid_value"), ({**body, "password": "x"}, "unknown_parameter"):
            assert await browser.refusal("POST", "/admin/users", json=wrong) == (400, code)
    async with Browser(closed) as invited:
        without = {"email": "invited@example.org", "password": ""}
        assert await invited.refusal("POST", "/auth/login", json=without) == (401, "invalid_credentials")
        token = token_in_letter(closed, "invited@example.org", "invitation")
        chosen = {"token": token, "password": PASSWORD}
        assert (await invited.client.post("/auth/reset-password", json=chosen)).status_code == 204
        await invited.sign_in("invited@example.org")
        account = await invited.get("/account")
        assert (account["display_name"], account["is_verified"]) == ("Ivy", True)
        assert await invited.refusal("POST", "/auth/reset-password", json=chosen) == (400, "invalid_token")


async def test_attempts_at_one_account_are_counted(closed: Parley) -> None:
    async with Browser(closed) as browser:
        wrong = {"email": "Guessed@example.org", "password": "wrong"}
        for _ in range(3):
            assert await browser.refusal("POST", "/auth/login", json=wrong) == (401, "invalid_credentials")
        refused = await browser.client.post("/auth/login", json={**wrong, "email": "guessed@EXAMPLE.org"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "too_many_attempts")
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        other = {"email": "other@example.org", "password": "wrong"}
        assert await browser.refusal("POST", "/auth/login", json=other) == (401, "invalid_credentials")


@pytest.mark.parametrize(
    ("host", "secure"), [("localhost", False), ("127.0.0.1", False), ("chat.example.org", True)])
async def test_the_sessions_cookie_is_for_browsers_only(closed: Parley, host: str, secure: bool) -> None:
    async with Browser(closed) as browser:
        email = f"cookie-{time.time_ns()}@example.org"
        headers = {"Host": host}
        for path, status in (("/auth/register", 202), ("/auth/login", 204)):
            answer = await browser.client.post(path, json={"email": email, "password": PASSWORD}, headers=headers)
            assert answer.status_code == status, answer.text
        [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("parley_session=")]
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= parts
        assert ("secure" in parts) is secure


async def test_an_allowed_origins_page_may_use_the_cookie_and_no_other(closed: Parley) -> None:
    allowed = {"Origin": "https://app.example.org"}
    async with Browser(closed) as browser:
        await browser.enter(f"cors-{time.time_ns()}@example.org")
        answer = await browser.client.get("/account", headers=allowed)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://app.example.org"
        asked = {**allowed, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        assert (await browser.client.options("/tickets", headers=asked)).status_code == 200
        for origin in ("https://app.example.org.evil.example", "http://app.example.org", "https://app.example.org:444"):
            assert await browser.refusal(
                "GET", "/account", headers={"Origin": origin}) == (403, "forbidden_origin"), origin
        async with browser.socket(origin="https://app.example.org") as socket:
            await browser.client.post("/auth/logout")
            assert await closing(socket) == (1008, "session_ended")


async def test_the_page_lets_go_of_a_session_that_is_over(closed: Parley) -> None:
    async with Browser(closed) as browser:
        browser.client.cookies.set("parley_session", "long gone", domain="127.0.0.1")
        assert await browser.refusal("GET", "/account") == (401, "session_ended")
        await browser.open_page()
        assert "parley_session" not in browser.client.cookies


async def test_time_does_not_tell_whether_an_address_has_an_account(closed: Parley) -> None:
    """Not to a fraction of what a hash takes. Medians, for the machine does other things, too."""
    async with Browser(closed) as browser:
        took: dict[bool, list[float]] = {True: [], False: []}
        for number in range(4):
            known = f"timed-{number}@example.org"
            await browser.register(known)
            for exists, email in ((True, known), (False, f"untimed-{number}@example.org")):
                for _ in range(2):
                    at = time.perf_counter()
                    await browser.refusal("POST", "/auth/login", json={"email": email, "password": "not the password"})
                    took[exists].append(time.perf_counter() - at)
        known_s, unknown_s = statistics.median(took[True]), statistics.median(took[False])
        assert 0.4 < known_s / unknown_s < 2.5
