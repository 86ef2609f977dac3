"""The guard reads the same headers of a request and of a WebSocket's upgrade."""
import hashlib

import pytest
from fastapi import FastAPI, WebSocket
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient, WebSocketDenialResponse

from server.auth.guards import (
    AccountHolder,
    Administrator,
    CurrentUser,
    Person,
    credentials_of,
    selected_protocol,
    session_is_over,
)
from server.auth.schemas import Grant, Kind, Proof, Scope, User
from server.auth.service import Authenticator
from server.common import filters
from server.common.errors import Code, NotAllowed


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    filters.install(app)
    app.state.authenticator = Authenticator("a-bootstrap-key")

    @app.get("/me")
    def me(user: CurrentUser) -> str:
        return user.id

    @app.websocket("/me")
    async def socket(websocket: WebSocket, user: CurrentUser) -> None:
        await websocket.accept()
        await websocket.send_text(user.id)
        await websocket.close()

    return TestClient(app)


def test_http(client: TestClient) -> None:
    assert client.get("/me").json() == "guest"
    assert client.get("/me", headers={"Authorization": "Bearer a-bootstrap-key"}).json() == "admin"
    assert client.get("/me", headers={"Cookie": "parley_guest=x"}).json().startswith("guest_")
    refused = client.get("/me", headers={"Authorization": "Bearer another"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")


def test_websocket(client: TestClient) -> None:
    with client.websocket_connect("/me", headers={"Authorization": "Bearer a-bootstrap-key"}) as socket:
        assert socket.receive_text() == "admin"
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect("/me", headers={"Origin": "http://evil.example"}),
    ):
        pass
    assert (refused.value.status_code, refused.value.json()["error"]["code"]) == (403, "forbidden_origin")


class People:
    """Sessions by their cookies: `ann` has all, `program` one scope; others are over."""

    async def find(self, proof: Proof) -> Grant:
        if proof.kind is Kind.GUEST:
            return Grant(f"guest:{proof.value}", User(proof.value))
        users = {
            Proof(Kind.SESSION, HASHES["ann"]): User("user_ann", admin=True, has_account=True),
            Proof(Kind.SESSION, HASHES["program"]): User(
                "user_ann", has_account=True, scopes=frozenset({Scope.CONVERSATIONS})),
        }
        if proof not in users:
            raise NotAllowed(Code.SESSION_ENDED, "over")
        return Grant("ses_1", users[proof])


HASHES = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("ann", "program")}


@pytest.fixture
def people(client: TestClient) -> TestClient:
    app = client.app
    assert isinstance(app, FastAPI)
    app.state.authenticator = Authenticator(identities=People())

    @app.get("/holder")
    def holder(user: AccountHolder) -> str:
        return user.id

    @app.get("/person")
    def person(user: Person) -> str:
        return user.id

    @app.get("/administrator")
    def administrator(user: Administrator) -> str:
        return user.id

    return client


@pytest.mark.parametrize(
    ("cookie", "path", "status", "code"),
    [
        ("parley_session=ann", "/me", 200, ""),
        ("parley_session=ann; parley_guest=x", "/holder", 200, ""),
        ("parley_session=ann", "/administrator", 200, ""),
        ("parley_session=ann", "/person", 200, ""),
        ("parley_guest=x", "/person", 200, ""),
        ("parley_guest=x", "/holder", 403, "account_required"),
        ("parley_guest=x", "/administrator", 403, "administrator_required"),
        ("", "/person", 403, "account_required"),
        ("parley_session=gone; parley_guest=x", "/me", 401, "session_ended"),
        ("parley_session=program", "/me", 403, "insufficient_scope"),
    ],
)
def test_what_each_guard_lets_through(people: TestClient, cookie: str, path: str, status: int, code: str) -> None:
    answer = people.get(path, headers={"Cookie": cookie} if cookie else {})
    assert answer.status_code == status
    assert not code or answer.json()["error"]["code"] == code


@pytest.mark.parametrize(("cookie", "over"), [("ann", False), ("gone", True)])
async def test_whether_a_session_is_over(people: TestClient, cookie: str, over: bool) -> None:
    headers = [(b"cookie", f"parley_session={cookie}".encode())]
    connection = HTTPConnection({"type": "http", "path": "/", "headers": headers, "app": people.app})
    assert await session_is_over(connection) is over


def test_a_ticket_comes_as_a_subprotocol_and_is_never_answered() -> None:
    def upgrade(*offered: str) -> HTTPConnection:
        return HTTPConnection({"type": "websocket", "headers": [], "subprotocols": list(offered)})

    assert credentials_of(upgrade("parley.v1", "parley.ticket.abc")).ticket == "abc"
    assert selected_protocol(upgrade("parley.ticket.abc", "parley.v1")) == "parley.v1"
    assert selected_protocol(upgrade("parley.ticket.abc")) is None
    assert credentials_of(upgrade("other")).ticket == ""
    assert selected_protocol(upgrade("other")) is None
