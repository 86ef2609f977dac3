"""Whose a conversation is, as guests become somebody and accounts end."""
from tests.integration.server.accounts import PASSWORD, Browser
from tests.parley import Parley


async def test_a_guests_conversations_are_the_accounts_and_end_with_it(people: Parley) -> None:
    async with Browser(people) as first, Browser(people, 1) as second:
        await first.enter("talks@example.org")
        await second.open_page()
        talk = (await second.client.post("/conversations", json={})).json()["id"]
        made = await second.client.post("/responses", json={"input": "as a guest", "conversation": talk})
        assert made.status_code == 200, made.text
        share = (await second.client.post(f"/conversations/{talk}/shares", json={})).json()["id"]
        assert await first.refusal("GET", f"/conversations/{talk}") == (404, "conversation_not_found")
        await second.sign_in("talks@example.org")
        assert (await first.get(f"/conversations/{talk}"))["parley:title"] == "as a guest"
        assert [one["id"] for one in (await first.get("/conversations"))["data"]] == [talk]
        assert (await second.get(f"/shared/{share}"))["title"] == "as a guest"
        gone = await first.client.request("DELETE", "/account", json={"password": PASSWORD})
        assert gone.status_code < 300, gone.text
        assert await second.refusal("GET", f"/shared/{share}") == (404, "share_not_found")
