"""Who may open a socket, by what they bring, and for how long."""
import json
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from server.auth.schemas import ALL_SCOPES, Grant, Kind, Proof, Scope, User
from server.auth.service import Authenticator, digest
from server.common.errors import Code, NotAllowed
from server.graphql.messages import PROTOCOL
from tests.unit.server.graphql.door import CREATE, FOLLOW, VIEWER, Client, an_open_door, closed, raw_socket
from tests.unit.server.responses.gateway import until

KEY = Authenticator(bootstrap_key="right-key", admits_guests=False)


async def test_a_key_in_the_header() -> None:
    async with an_open_door(authenticator=KEY) as door:
        with pytest.raises(InvalidStatus) as raised:
            async with raw_socket(door, "wrong"):
                pass
        assert raised.value.response.status_code == 401
        async with door.socket("right-key") as client:
            await client.subscribe("1", VIEWER)
            assert (await client.until_end("1"))[0]["data"] == {"viewer": {"isAdministrator": True}}


@pytest.mark.parametrize("name", ["authorization", "Authorization"])
async def test_a_key_in_the_payload(name: str) -> None:
    async with an_open_door(authenticator=KEY) as door, raw_socket(
            door, headers={"Origin": "https://elsewhere.example"}) as connection:
        client = Client(connection)
        await client.send(type="connection_init", payload={name: "Bearer right-key"})
        assert (await client.receive())["type"] == "connection_ack"
        await client.subscribe("1", VIEWER)
        assert (await client.until_end("1"))[0]["data"] == {"viewer": {"isAdministrator": True}}


@pytest.mark.parametrize("payload", [{}, *({"authorization": key} for key in ("Bearer wrong", "", 1))])
async def test_without_a_right_key_nobody_enters(payload: dict[str, Any]) -> None:
    async with an_open_door(authenticator=KEY) as door, raw_socket(door) as connection:
        await connection.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert await closed(Client(connection)) == (4403, "invalid_api_key")


async def test_a_page_of_another_origin_is_no_guest() -> None:
    async with an_open_door() as door, raw_socket(door, headers={"Origin": "https://evil.example"}) as connection:
        await connection.send('{"type": "connection_init"}')
        assert await closed(Client(connection)) == (4403, "forbidden_origin")


class Identities:
    """Keys in memory, whose scopes are in their names' ends."""

    def __init__(self) -> None:
        self.grants: list[Grant] = []

    async def find(self, proof: Proof) -> Grant:
        scopes = frozenset({Scope.RESPONSES}) if proof.value == digest("pk_narrow") else ALL_SCOPES
        self.grants.append(Grant(f"key:{proof.value}", User("carl", has_account=True, scopes=scopes)))
        return self.grants[-1]


@pytest.fixture
async def identities() -> Identities:
    return Identities()


async def test_a_key_that_is_revoked_ends_its_sockets(identities: Identities) -> None:
    async with an_open_door(authenticator=Authenticator(identities=identities)) as door:
        response_id = (await door.post(CREATE, "pk_1"))["data"]["createResponse"]["id"]
        async with door.socket("pk_1") as following, door.socket("pk_1") as idle:
            await following.subscribe("1", FOLLOW, id=response_id)
            await following.receive()
            for grant in identities.grants:
                grant.end(Code.INVALID_API_KEY)
            assert await closed(following) == (1008, "invalid_api_key")
            assert await closed(idle) == (1008, "invalid_api_key")
        await until(lambda: door.sockets.open == door.world.hub.viewers == 0)


async def test_a_guest_who_signs_in_comes_again(identities: Identities) -> None:
    authenticator = Authenticator(identities=identities)
    async with an_open_door(authenticator=authenticator) as door, door.socket("pk_1") as client:
        identities.grants[-1].end(Code.IDENTITY_CHANGED)
        assert await closed(client) == (1001, "identity_changed")


async def test_what_ends_between_the_upgrade_and_the_init_lets_nobody_in(identities: Identities) -> None:
    authenticator = Authenticator(identities=identities)
    async with an_open_door(authenticator=authenticator) as door, raw_socket(door, "pk_1") as connection:
        identities.grants[-1].end(Code.INVALID_API_KEY)
        await connection.send('{"type": "connection_init"}')
        assert await closed(Client(connection)) == (4403, "invalid_api_key")


async def test_a_key_of_few_scopes_is_not_enough_wherever_it_comes(identities: Identities) -> None:
    async with an_open_door(authenticator=Authenticator(identities=identities)) as door:
        with pytest.raises(InvalidStatus) as raised:
            async with raw_socket(door, "pk_narrow"):
                pass
        assert raised.value.response.status_code == 403
        async with raw_socket(door) as connection:
            await connection.send('{"type": "connection_init", "payload": {"authorization": "Bearer pk_narrow"}}')
            assert await closed(Client(connection)) == (4403, "insufficient_scope")


class Tickets:
    """One ticket, for one socket."""

    def __init__(self) -> None:
        self.left = ["right"]

    async def redeem(self, ticket: str) -> Proof:
        if ticket not in self.left:
            raise NotAllowed(Code.INVALID_API_KEY, "This ticket is not known.")
        self.left.remove(ticket)
        return Proof(Kind.KEY, digest("pk_1"))


async def test_a_ticket_beside_the_protocol_lets_in_once(identities: Identities) -> None:
    authenticator = Authenticator(identities=identities, tickets=Tickets(), admits_guests=False)
    async with an_open_door(authenticator=authenticator) as door:
        for answer in ("connection_ack", "invalid_api_key"):
            async with raw_socket(
                    door, protocols=[PROTOCOL, "parley.ticket.right"],
                    headers={"Origin": "https://elsewhere.example"}) as connection:
                assert connection.subprotocol == PROTOCOL
                client = Client(connection)
                await client.send(type="connection_init")
                if answer == "connection_ack":
                    assert await client.receive() == {"type": answer}
                else:
                    assert await closed(client) == (4403, answer)
