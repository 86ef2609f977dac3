"""Accounts over HTTP: two gateways, each database, real letters in the log."""
import asyncio

import httpx
import pytest

from tests.integration.server.accounts import PASSWORD, Browser, token_in_letter
from tests.integration.server.talk import output_text
from tests.parley import Parley


async def answer(browser: Browser, text: str) -> str:
    made = await browser.client.post("/responses", json={"input": text})
    assert made.status_code == 200, made.text
    response_id: str = made.json()["id"]
    return response_id


async def test_a_guest_keeps_its_history_as_an_account(people: Parley) -> None:
    async with Browser(people) as browser:
        await browser.open_page()
        guest = await browser.get("/account")
        assert guest["is_guest"]
        response_id = await answer(browser, "as a guest")
        await browser.register("keeps@example.org", display_name="Ann")
        await browser.sign_in("keeps@example.org")
        account = await browser.get("/account")
        assert account["id"] == guest["id"]
        assert (account["email"], account["is_guest"], account["display_name"]) == ("keeps@example.org", False, "Ann")
        people.forget_ended()
        assert output_text(await browser.get(f"/responses/{response_id}"))
        await browser.client.post("/auth/logout")
        assert (await browser.get("/account"))["is_guest"]
        assert await browser.refusal("GET", f"/responses/{response_id}") == (404, "response_not_found")


async def test_the_cookie_of_a_guest_who_is_an_account_now_is_another_guests(people: Parley) -> None:
    async with Browser(people) as browser, Browser(people) as thief:
        await browser.open_page()
        thief.client.cookies.update(browser.client.cookies)
        account = await browser.enter("stolen@example.org")
        found = await thief.get("/account")
        assert found["is_guest"]
        assert found["id"] != account["id"]


async def test_signing_in_to_an_account_that_exists_brings_the_guests_history(people: Parley) -> None:
    async with Browser(people) as first, Browser(people, 1) as second:
        account = await first.enter("brings@example.org")
        await second.open_page()
        response_id = await answer(second, "as a guest elsewhere")
        await second.sign_in("brings@example.org")
        assert (await second.get("/account"))["id"] == account["id"]
        assert output_text(await second.get(f"/responses/{response_id}"))
        people.forget_ended()
        assert output_text(await first.get(f"/responses/{response_id}"))


async def test_a_wrong_password_and_an_unknown_address_are_the_same(people: Parley) -> None:
    async with Browser(people) as browser:
        await browser.register("known@example.org")
        wrong, unknown = [
            await browser.client.post("/auth/login", json={"email": email, "password": "not the password"})
            for email in ("known@example.org", "unknown@example.org")]
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.json() == unknown.json()
        await browser.register("known@example.org", "another password")
        assert await browser.refusal(
            "POST", "/auth/login", json={"email": "known@example.org", "password": "another password"},
        ) == (401, "invalid_credentials")
        assert "somebody has tried" in people.logs().lower()


async def test_letters_verify_and_reset(people: Parley) -> None:
    email = "letters@example.org"
    async with Browser(people) as browser, Browser(people, 1) as other:
        await browser.enter(email)
        assert not (await browser.get("/account"))["is_verified"]
        token = token_in_letter(people, email, "verify")
        assert (await other.client.post("/auth/verify", json={"token": token})).status_code == 204
        assert (await browser.get("/account"))["is_verified"]
        assert await other.refusal("POST", "/auth/verify", json={"token": token}) == (400, "invalid_token")

        for address in (email, "nobody@example.org"):
            sent = await other.client.post("/auth/forgot-password", json={"email": address})
            assert (sent.status_code, sent.json()) == (202, {"status": "accepted"})
        token = token_in_letter(people, email, "reset")
        chosen = {"token": token, "password": "quite another one"}
        assert (await other.client.post("/auth/reset-password", json=chosen)).status_code == 204
        assert await other.refusal("POST", "/auth/reset-password", json=chosen) == (400, "invalid_token")
        await asyncio.sleep(1.5)  # the other gateway's watch
        assert await browser.refusal("GET", "/account") == (401, "session_ended")
        await other.sign_in(email, "quite another one")


async def test_an_address_changes_once_its_letter_was_answered(people: Parley) -> None:
    async with Browser(people) as browser:
        await browser.enter("old@example.org")
        change = {"email": "new@example.org", "password": PASSWORD}
        assert (await browser.client.post("/account/email", json=change)).status_code == 202
        assert (await browser.get("/account"))["email"] == "old@example.org"
        token = token_in_letter(people, "new@example.org", "verify")
        assert (await browser.client.post("/auth/verify", json={"token": token})).status_code == 204
        account = await browser.get("/account")
        assert (account["email"], account["is_verified"]) == ("new@example.org", True)
        assert await browser.refusal("POST", "/auth/verify", json={"token": token}) == (400, "invalid_token")


async def test_a_new_password_ends_what_the_old_one_let_in(people: Parley) -> None:
    email = "password@example.org"
    async with Browser(people) as browser, Browser(people, 1) as other:
        await browser.enter(email)
        await other.sign_in(email)
        token = (await other.client.post("/auth/token", json={"email": email, "password": PASSWORD})).json()
        bearer = {"Authorization": f"Bearer {token['access_token']}"}
        async with httpx.AsyncClient(base_url=f"{people.url}/v1", headers=bearer) as program:
            assert (await program.get("/models")).status_code == 200
            wrong = {"current_password": "no", "password": "quite another one"}
            assert await browser.refusal("POST", "/account/password", json=wrong) == (401, "invalid_credentials")
            poor = {"current_password": PASSWORD, "password": "short"}
            assert await browser.refusal("POST", "/account/password", json=poor) == (400, "invalid_password")
            good = {"current_password": PASSWORD, "password": "quite another one"}
            assert (await browser.client.post("/account/password", json=good)).status_code == 204
            await asyncio.sleep(1.5)
            assert (await program.get("/models")).status_code == 401
        assert await other.refusal("GET", "/account") == (401, "session_ended")
        assert (await browser.get("/account"))["email"] == email


async def test_sessions_are_listed_and_ended(people: Parley) -> None:
    email = "sessions@example.org"
    async with Browser(people, agent="one") as one, Browser(people, 1, agent="two") as two:
        await one.enter(email)
        await two.sign_in(email)
        found = (await one.get("/account/sessions"))["data"]
        assert {(session["user_agent"], session["is_current"]) for session in found} == {("one", True), ("two", False)}
        other = next(session["id"] for session in found if not session["is_current"])
        assert await one.refusal("DELETE", "/account/sessions/ses_unknown") == (404, "not_found")
        assert (await one.client.delete(f"/account/sessions/{other}")).status_code == 204
        await asyncio.sleep(1.5)
        assert await two.refusal("GET", "/account") == (401, "session_ended")
        await two.client.post("/auth/logout")
        await two.sign_in(email)
        assert (await one.client.delete("/account/sessions")).json() == {"ended": 1}
        assert len((await one.get("/account/sessions"))["data"]) == 1


async def test_deleting_an_account_erases_what_is_its(people: Parley) -> None:
    email = "leaves@example.org"
    async with Browser(people) as browser, Browser(people, 1) as other:
        await browser.enter(email)
        response_id = await answer(browser, "to be erased")
        key = await browser.key()
        assert await browser.refusal(
            "DELETE", "/account", json={"password": "no"}) == (401, "invalid_credentials")
        gone = await browser.client.request("DELETE", "/account", json={"password": PASSWORD})
        assert gone.status_code == 204
        await asyncio.sleep(1.5)
        bearer = {"Authorization": f"Bearer {key['key']}"}
        assert await other.refusal("GET", "/models", headers=bearer) == (401, "invalid_api_key")
        people.forget_ended()
        await browser.enter(email)
        assert await browser.refusal("GET", f"/responses/{response_id}") == (404, "response_not_found")


async def test_keys_do_what_their_scopes_say(people: Parley) -> None:
    async with Browser(people) as browser, Browser(people, 1) as program:
        await browser.enter("keys@example.org")
        made = await browser.key("responses")
        assert made["key"].startswith(made["prefix"])
        assert (await browser.client.get("/keys")).headers["cache-control"] == "no-store"
        assert made["scopes"] == ["responses"]
        program.client.headers["Authorization"] = f"Bearer {made['key']}"
        assert (await program.get("/models"))["object"] == "list"
        for path in ("/account", "/keys", "/conversations", "/admin/users"):
            status, code = await program.refusal("GET", path)
            assert (status, code) in ((403, "insufficient_scope"), (404, "not_found")), path
        listed = (await browser.get("/keys"))["data"]
        assert [key["id"] for key in listed] == [made["id"]]
        assert "key" not in listed[0]
        assert await browser.refusal(
            "POST", "/keys", json={"name": "x", "scopes": ["admin"]}) == (403, "administrator_required")
        assert await browser.refusal(
            "POST", "/keys", json={"name": "x", "scopes": ["everything"]}) == (400, "invalid_value")
        assert await browser.refusal(
            "POST", "/keys", json={"name": "x", "expires_at": 1}) == (400, "invalid_value")
        assert (await browser.client.delete(f"/keys/{made['id']}")).status_code == 204
        assert await browser.refusal("DELETE", f"/keys/{made['id']}") == (404, "not_found")
        await asyncio.sleep(1.5)
        assert await program.refusal("GET", "/models") == (401, "invalid_api_key")


async def test_a_key_makes_none_that_may_more(people: Parley) -> None:
    async with Browser(people) as browser, Browser(people) as program:
        await browser.enter("narrow@example.org")
        made = await browser.key("account")
        program.client.headers["Authorization"] = f"Bearer {made['key']}"
        assert await program.refusal(
            "POST", "/keys", json={"name": "x", "scopes": ["responses"]}) == (403, "insufficient_scope")
        assert (await program.key("account"))["scopes"] == ["account"]


async def test_somebody_elses_key_and_session_are_not_found(people: Parley) -> None:
    async with Browser(people) as ann, Browser(people) as bob:
        await ann.enter("owns@example.org")
        await bob.enter("pries@example.org")
        key, session = (await ann.key())["id"], (await ann.get("/account/sessions"))["data"][0]["id"]
        assert await bob.refusal("DELETE", f"/keys/{key}") == (404, "not_found")
        assert await bob.refusal("DELETE", f"/account/sessions/{session}") == (404, "not_found")


async def test_guests_need_an_account_for_keys(people: Parley) -> None:
    async with Browser(people) as browser:
        await browser.open_page()
        assert await browser.refusal("POST", "/keys", json={"name": "x"}) == (403, "account_required")
        assert await browser.refusal("GET", "/admin/users") == (403, "administrator_required")
        named = await browser.client.patch("/account", json={"display_name": "Visitor"})
        assert (named.json()["display_name"], named.json()["is_guest"]) == ("Visitor", True)


async def test_an_unknown_key_is_refused_and_any_other_bearer_is_a_user(people: Parley) -> None:
    async with Browser(people) as browser:
        for key in ("pk_unknown", "eyJhbGciOiJIUzI1NiJ9.e30.x"):
            refused = await browser.refusal("GET", "/models", headers={"Authorization": f"Bearer {key}"})
            assert refused == (401, "invalid_api_key")
        found = await browser.client.get("/account", headers={"Authorization": "Bearer me"})
        assert found.json()["id"].startswith("key_")


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register"])
async def test_a_page_of_elsewhere_signs_nobody_in(people: Parley, path: str) -> None:
    async with Browser(people) as browser:
        body = {"email": "csrf@example.org", "password": PASSWORD}
        for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"},
                        {"Origin": "http://rebound.example", "Host": "rebound.example"}):
            assert await browser.refusal("POST", path, json=body, headers=headers) == (403, "forbidden_origin")


async def test_a_page_of_elsewhere_does_nothing_with_the_cookie(people: Parley) -> None:
    async with Browser(people) as browser:
        await browser.enter("origin@example.org")
        for method, path in (("GET", "/account"), ("DELETE", "/account/sessions"), ("POST", "/tickets")):
            found = await browser.refusal(method, path, headers={"Origin": "http://evil.example"})
            assert found == (403, "forbidden_origin"), path
        own = await browser.client.get("/account", headers={"Origin": people.url})
        assert own.status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "missing_required_parameter"),
        ({"email": "no address", "password": PASSWORD}, 400, "invalid_value"),
        ({"email": "ann@example.org", "password": 12345678}, 400, "invalid_type"),
        ({"email": "poor@example.org", "password": "short"}, 400, "invalid_password"),
        ({"email": "ann@example.org", "password": PASSWORD, "role": "administrator"}, 400, "unknown_parameter"),
        ({"email": "ann@example.org", "password": PASSWORD, "display_name": "\0"}, 400, "invalid_value"),
        ([], 400, "invalid_type"),
    ],
)
async def test_bad_bodies(people: Parley, body: object, status: int, code: str) -> None:
    async with Browser(people) as browser:
        assert await browser.refusal("POST", "/auth/register", json=body) == (status, code)


async def test_bad_bytes(people: Parley) -> None:
    async with Browser(people) as browser:
        kind = {"Content-Type": "application/json"}
        assert await browser.refusal(
            "POST", "/auth/login", content=b"{", headers=kind) == (400, "invalid_json")
        assert await browser.refusal("POST", "/auth/login") == (400, "invalid_json")
        assert await browser.refusal(
            "POST", "/auth/login", data={"email": "x"}) == (415, "unsupported_media_type")
        lone = b'{"email": "ann@example.org", "password": "\\ud83e long enough"}'
        assert (await browser.refusal("POST", "/auth/login", content=lone, headers=kind))[0] == 400


async def test_deleting_an_account_stops_what_is_being_made_for_it(people: Parley) -> None:
    async with Browser(people) as browser:
        await browser.enter("leaves-at-once@example.org")
        made = await browser.client.post("/responses", json={"input": "On [[tokens=100000]]", "background": True})
        name = made.json()["id"]
        gone = await browser.client.request("DELETE", "/account", json={"password": PASSWORD})
        assert gone.status_code == 204
        with people.redis.client() as redis:
            await people.until(
                lambda: redis.hget(f"parley:{{0}}:job:{name}", "state") == b"ended", f"{name} to be stopped")


async def test_deleting_an_account_stops_what_it_began_as_a_guest(people: Parley) -> None:
    async with Browser(people) as first, Browser(people, 1) as second:
        await first.enter("was-a-guest@example.org")
        await second.open_page()
        made = await second.client.post("/responses", json={"input": "On [[tokens=100000]]", "background": True})
        name = made.json()["id"]
        await second.sign_in("was-a-guest@example.org")
        with people.redis.client() as redis:
            assert redis.hget(f"parley:{{0}}:job:{name}", "state") != b"ended"
            gone = await first.client.request("DELETE", "/account", json={"password": PASSWORD})
            assert gone.status_code == 204
            await people.until(
                lambda: redis.hget(f"parley:{{0}}:job:{name}", "state") == b"ended", f"{name} to be stopped")


async def test_an_account_can_be_taken_out_as_one_document(people: Parley) -> None:
    async with Browser(people) as browser, Browser(people, 1) as other:
        account = await browser.enter("takes@example.org")
        await browser.key("responses")
        talk = (await browser.client.post("/conversations", json={})).json()["id"]
        for text in ("one", "two"):
            asked = await browser.client.post("/responses", json={"input": text, "conversation": talk})
            assert asked.status_code == 200, asked.text
        alone = (await browser.client.post("/responses", json={"input": "of no conversation"})).json()
        for _ in range(8):  # until it is saved; one may not ask for more of them in a minute
            if (await browser.client.get("/account/export")).json()["responses"]:
                break
            await asyncio.sleep(1)
        answer = await browser.client.get("/account/export")
        assert answer.headers["content-disposition"] == 'attachment; filename="parley-account.json"'
        assert answer.headers["cache-control"] == "no-store"
        whole = answer.json()
        assert whole["account"] == account
        assert [key["name"] for key in whole["keys"]] == ["a test's"]
        assert [session["is_current"] for session in whole["sessions"]] == [True]
        (found,) = whole["conversations"]  # its last answer may not be saved yet, and its title may become another
        assert found["id"] == talk
        assert [turn["items"][0]["content"][0]["text"] for turn in found["turns"]] == ["one", "two"]
        (response,) = whole["responses"]
        assert response["response"] == alone
        assert response["input_items"][0]["content"][0]["text"] == "of no conversation"
        again = await browser.client.post("/conversations/import", json=found)
        assert again.status_code == 200, again.text
        secrets = [cookie.value for cookie in browser.client.cookies.jar if cookie.value]
        assert not [secret for secret in secrets if secret in answer.text]
        await other.open_page()
        told = await other.get("/account/export")
        assert (told["account"]["is_guest"], told["conversations"]) == (True, [])
        stranger = {"Authorization": "Bearer nobody's"}
        assert await other.refusal("GET", "/account/export", headers=stranger) == (403, "account_required")
