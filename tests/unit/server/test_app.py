"""The composition root: what it hands out, and what happens when one of its tasks fails."""
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from server.app import _kept, create_app
from server.settings import GatewaySettings


@pytest.fixture
def settings(tmp_path: Path) -> GatewaySettings:
    """Redis is nowhere."""
    return GatewaySettings.model_validate({"data_dir": tmp_path, "bootstrap_api_key": "a-bootstrap-key"})


def test_without_redis_it_starts_and_says_what_is_missing(settings: GatewaySettings) -> None:
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        assert client.get("/health/live").status_code == 200
        ready = client.get("/health/ready")
        assert ready.status_code == 503
        assert "redis" in [missing["part"] for missing in ready.json()["missing"]]
        refused = client.post("/v1/responses", json={"input": "x"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "relay_unavailable")
        assert 'parley_errors_total{code="relay_unavailable"}' in client.get("/metrics").text


def test_every_route_but_health_and_page_asks_who_you_are(settings: GatewaySettings) -> None:
    wrong = {"Authorization": "Bearer wrong"}
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        for path in ("/v1/models", "/v1/models/x", "/v1/responses/resp_0a", "/v1/responses/resp_0a/input_items"):
            assert client.get(path, headers=wrong).status_code == 401, path
        for path in ("/v1/responses", "/v1/chat/completions"):
            assert client.post(path, headers=wrong, json={}).status_code == 401, path
        assert client.post("/graphql", headers=wrong, json={"query": "{ viewer { id } }"}).status_code == 401
        for path in ("/health/live", "/v1/parley/status", "/metrics"):
            assert client.get(path, headers=wrong).status_code == 200, path


def test_answers_carry_the_headers_that_a_browser_needs(settings: GatewaySettings) -> None:
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        for path in ("/", "/health/live", "/nothing/here"):
            assert client.get(path).headers["x-content-type-options"] == "nosniff", path


def test_a_socket_at_a_path_without_one_is_refused(settings: GatewaySettings) -> None:
    right = {"Authorization": "Bearer a-bootstrap-key"}
    with TestClient(create_app(settings), headers=right) as client:
        with client.websocket_connect("/v1/responses"):
            pass
        for path in ("/v1/responses/", "/v1/models", "/"):
            with pytest.raises(WebSocketDisconnect), client.websocket_connect(path):
                pass


async def test_a_task_that_fails_ends_the_gateway() -> None:
    failures: list[bool] = []

    async def broken() -> None:
        raise ZeroDivisionError

    async def whole() -> None:
        pass

    await _kept("the test", whole(), lambda: failures.append(True))
    assert failures == []
    await _kept("the test", broken(), lambda: failures.append(True))
    assert failures == [True]
