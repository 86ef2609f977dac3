"""The guard reads the same headers of a request and of a WebSocket's upgrade."""
import pytest
from fastapi import FastAPI, WebSocket
from starlette.testclient import TestClient, WebSocketDenialResponse

from server.auth.guards import CurrentUser
from server.auth.service import Authenticator
from server.common import filters


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
