"""The page: what a browser gets, keeps and may run."""
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from server.common import filters
from server.common.middleware import SecurityHeaders
from server.page import router


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Parley</title>")
    (folder / "page.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("not for everybody")
    app = FastAPI()
    filters.install(app)
    router.install(app, folder)
    app.add_middleware(SecurityHeaders)
    return TestClient(app)


def test_a_new_guest_gets_a_cookie_that_scripts_cannot_read(client: TestClient) -> None:
    answer = client.get("/")
    cookie = answer.headers["set-cookie"]
    assert answer.text.startswith("<!doctype html>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert cookie.startswith("parley_guest=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "set-cookie" not in client.get("/").headers


def test_scripts_have_the_type_that_lets_them_run(client: TestClient) -> None:
    assert client.get("/static/page.js").headers["content-type"] == "text/javascript; charset=utf-8"


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    for path in ("/", "/static/page.js"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert first.headers["cache-control"] == "no-cache"
        assert (again.status_code, again.content) == (304, b"")


def test_the_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    headers = client.get("/").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/static/none.js", "/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static/"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_an_icon_is_never_an_error(client: TestClient) -> None:
    assert client.get("/favicon.ico").status_code == 204
