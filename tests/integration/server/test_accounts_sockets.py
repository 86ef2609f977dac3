"""Sockets of accounts: how they are opened, and that they close at every gateway when what opened them ends."""
import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus

from tests.integration.server.accounts import PASSWORD, Browser, closing
from tests.integration.server.talk import kinds, send, turn, until
from tests.parley import Parley

SOON_S = 4.0  # "within seconds": the watch looks once a second
ENDED = (1008, "session_ended")


@pytest.fixture
async def browser(people: Parley) -> AsyncIterator[Browser]:
    """Signed in, under an address of its own."""
    async with Browser(people) as browser:
        await browser.enter(f"socket-{time.time_ns()}@example.org")
        yield browser


async def email_of(browser: Browser) -> str:
    return str((await browser.get("/account"))["email"])


async def closing_soon(*sockets: ClientConnection) -> list[tuple[int, str]]:
    async with asyncio.timeout(SOON_S):
        return await asyncio.gather(*[closing(socket) for socket in sockets])


async def refusal(browser: Browser, **arguments: Any) -> int:
    with pytest.raises(InvalidStatus) as refused:
        async with browser.socket(**arguments):
            pass
    return refused.value.response.status_code


async def sign_out(browser: Browser) -> None:
    await browser.client.post("/auth/logout")


async def end_session(browser: Browser) -> None:
    own = (await browser.get("/account/sessions"))["data"][0]["id"]
    await browser.client.delete(f"/account/sessions/{own}")


async def sign_in_anew(browser: Browser) -> None:
    await browser.sign_in(await email_of(browser))


async def leave(browser: Browser) -> None:
    await browser.client.request("DELETE", "/account", json={"password": PASSWORD})


@pytest.mark.parametrize("end", [sign_out, end_session, sign_in_anew, leave])
async def test_a_session_that_ends_closes_its_sockets_at_both_gateways(
        browser: Browser, end: Callable[[Browser], Awaitable[None]]) -> None:
    async with browser.socket(0) as here, browser.socket(1) as there:
        assert kinds(await turn(there, "hello"))[-1] == "response.completed"
        await end(browser)
        assert await closing_soon(here, there) == [ENDED, ENDED]


async def test_other_sessions_sockets_stay(browser: Browser, people: Parley) -> None:
    async with Browser(people, 1) as other:
        await other.sign_in(await email_of(browser))
        async with browser.socket(1) as mine, other.socket(0) as theirs:
            await browser.client.delete("/account/sessions")
            assert await closing_soon(theirs) == [ENDED]
            assert kinds(await turn(mine, "hello"))[-1] == "response.completed"


async def test_a_revoked_key_closes_its_sockets_in_the_middle_of_an_answer(browser: Browser) -> None:
    key = await browser.key("responses")
    async with browser.socket(0, bearer=key["key"]) as here, browser.socket(1, bearer=key["key"]) as there:
        await send(here, input="a long story " * 20)
        await until(here, "response.in_progress")
        await browser.client.delete(f"/keys/{key['id']}")
        assert await closing_soon(here, there) == [ENDED, ENDED]
    assert await refusal(browser, gateway=1, bearer=key["key"]) == 401


async def test_a_stream_ends_with_the_key_that_asked_for_it(browser: Browser) -> None:
    key = await browser.key("responses")
    asked = {"input": "a long story " * 20, "stream": True}
    told = ""
    async with browser.client.stream(
            "POST", "/responses", json=asked, headers={"Authorization": f"Bearer {key['key']}"}) as stream:
        async for line in stream.aiter_lines():
            told += line
            if "response.in_progress" in line:
                await browser.client.delete(f"/keys/{key['id']}")
    assert "session_ended" in told
    assert "[DONE]" not in told


async def test_a_key_that_expires_closes_its_sockets(browser: Browser) -> None:
    key = await browser.key("responses", expires_at=time.time() + 2)
    async with browser.socket(1, bearer=key["key"]) as socket:
        assert await closing_soon(socket) == [ENDED]


async def test_a_token_is_good_for_a_socket_until_the_password_changes(browser: Browser) -> None:
    login = {"email": await email_of(browser), "password": PASSWORD}
    token = (await browser.client.post("/auth/token", json=login)).json()["access_token"]
    async with (
        browser.socket(1, bearer=token) as program,
        browser.socket(1) as page,
    ):
        changed = {"current_password": PASSWORD, "password": "quite another one"}
        assert (await browser.client.post("/account/password", json=changed)).status_code == 204
        assert await closing_soon(program) == [ENDED]
        assert kinds(await turn(page, "hello"))[-1] == "response.completed"


async def test_a_guest_who_signs_in_is_asked_to_come_back(people: Parley) -> None:
    async with Browser(people) as browser:
        await browser.open_page()
        async with browser.socket(1) as socket:
            await browser.enter(f"socket-{time.time_ns()}@example.org")
            assert await closing_soon(socket) == [(1001, "identity_changed")]


async def test_whom_an_administrator_turns_off_is_out(people: Parley, browser: Browser) -> None:
    async with Browser(people, 1) as administrator:
        await administrator.sign_in(await first_address(people))
        user_id = (await browser.get("/account"))["id"]
        async with browser.socket(0) as socket:
            turned_off = await administrator.client.patch(f"/admin/users/{user_id}", json={"is_active": False})
            assert turned_off.json()["is_active"] is False
            assert await closing_soon(socket) == [ENDED]
        assert await browser.refusal("GET", "/account") == (401, "session_ended")
        assert await administrator.refusal(
            "PATCH", "/admin/users/user_unknown", json={"is_active": False}) == (404, "not_found")
        listed = await administrator.get("/admin/users?limit=1")
        assert listed["has_more"]
        following = await administrator.get(f"/admin/users?limit=100&after={listed['last_id']}")
        assert user_id in [user["id"] for user in following["data"]]
        own = listed["data"][0]["id"]
        assert listed["data"][0]["role"] == "administrator"
        for change in ({"role": "user"}, {"is_active": False}):
            assert await administrator.refusal(
                "PATCH", f"/admin/users/{own}", json=change) == (409, "last_administrator")


async def first_address(people: Parley) -> str:
    """Of the installation's first account, which the first test to run has made: it is told in the log."""
    log = people.logs()
    start = log.index("To ") + len("To ")
    return log[start:log.index(":", start)]


async def test_a_ticket_opens_one_socket_at_any_gateway(browser: Browser) -> None:
    made = await browser.client.post("/tickets")
    assert made.status_code == 201
    protocols = made.json()["protocols"]
    foreign = "https://elsewhere.example"
    async with browser.socket(1, foreign, protocols) as socket:
        assert socket.subprotocol == "parley.v1"
        assert kinds(await turn(socket, "hello"))[-1] == "response.completed"
        for gateway in (0, 1):
            assert await refusal(browser, gateway=gateway, origin=foreign, protocols=protocols) == 401
        await sign_out(browser)
        assert await closing_soon(socket) == [ENDED]


async def test_of_many_who_bring_one_ticket_one_comes_in(browser: Browser) -> None:
    protocols = (await browser.client.post("/tickets")).json()["protocols"]

    async def comes_in(gateway: int) -> bool:
        try:
            async with browser.socket(gateway, protocols=protocols):
                return True
        except InvalidStatus:
            return False

    assert sum(await asyncio.gather(*[comes_in(number % 2) for number in range(10)])) == 1


async def test_a_ticket_of_a_session_that_has_ended_opens_nothing(browser: Browser) -> None:
    protocols = (await browser.client.post("/tickets")).json()["protocols"]
    await sign_out(browser)
    await asyncio.sleep(1.5)
    assert await refusal(browser, gateway=1, protocols=protocols) == 401


async def test_a_cookie_opens_sockets_for_the_own_page_only(people: Parley, browser: Browser) -> None:
    assert await refusal(browser, origin="https://evil.example") == 403
    assert await refusal(browser, gateway=1, origin=people.urls[0]) == 403
    async with browser.socket(1, origin=people.urls[1]) as socket:
        assert socket.subprotocol is None


async def test_a_key_without_the_scope_opens_none(browser: Browser) -> None:
    key = await browser.key("account")
    assert await refusal(browser, bearer=key["key"]) == 403
