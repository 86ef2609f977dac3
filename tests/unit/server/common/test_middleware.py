"""The limit on bodies, declared or not."""
from collections.abc import Iterator

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from server.common import filters
from server.common.middleware import BodyLimit


@pytest.fixture
def client() -> TestClient:
    app = FastAPI()
    filters.install(app)
    app.add_middleware(BodyLimit, limit=10)

    @app.post("/")
    async def length(request: Request) -> int:
        return len(await request.body())

    return TestClient(app)


def chunks(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"12345"


def test_declared(client: TestClient) -> None:
    assert client.post("/", content=b"1234567890").json() == 10
    refused = client.post("/", content=b"12345678901")
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "frame_too_large")


def test_undeclared(client: TestClient) -> None:
    assert client.post("/", content=chunks(2)).json() == 10
    refused = client.post("/", content=chunks(3))
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "frame_too_large")
