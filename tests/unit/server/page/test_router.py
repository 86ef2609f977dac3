"""The page: what a browser gets, keeps and may run."""
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from server.auth.service import Authenticator
from server.common import filters
from server.common.middleware import SecurityHeaders
from server.page import router
from server.settings import CLIENT_DIR, STATIC_DIR

PAGES = (
    "/", "/c/conv_0a", "/shared/share_0a", "/sign-in", "/sign-up", "/letter", "/settings", "/settings/keys",
    "/admin", "/admin/users")
INDEX = '<!doctype html><html lang="$language"><title>Parley</title>'
SCRIPTS = ("/static/page.js", "/static/client/index.js")


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "index.html").write_text(INDEX)
    (folder / "page.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("not for everybody")
    client = tmp_path / "client"
    client.mkdir()
    (client / "index.js").write_text("export const client = true")
    app = FastAPI()
    app.state.authenticator = Authenticator()
    filters.install(app)
    router.install(app, folder, client)
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


def test_each_of_the_pages_own_paths_is_the_page(client: TestClient) -> None:
    assert len(PAGES) == len(router.PATHS)
    for path in PAGES:
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (200, INDEX.replace("$language", "en")), path
        assert client.head(path).status_code == 200, path


@pytest.mark.parametrize("path", SCRIPTS)
def test_scripts_have_the_type_that_lets_them_run(client: TestClient, path: str) -> None:
    assert client.get(path).headers["content-type"] == "text/javascript; charset=utf-8"


def test_the_client_is_served_from_the_clone_and_imports_nothing_but_itself() -> None:
    app = FastAPI()
    router.install(app, STATIC_DIR, CLIENT_DIR)
    browser, imported = TestClient(app), {"index.js"}
    for name in imported_from(browser, "index.js"):
        imported.add(name)
    assert imported == {path.name for path in CLIENT_DIR.glob("*.js")}


def imported_from(browser: TestClient, first: str) -> Iterator[str]:
    """What a browser loads for this module of the client, each once."""
    seen, ahead = {first}, [first]
    while ahead:
        answer = browser.get(f"/static/client/{ahead.pop()}")
        assert answer.status_code == 200
        for found in re.findall(r'^(?:import|export|\}).* from "(.+)";$', answer.text, re.MULTILINE):
            assert found.startswith("./")
            name = found.removeprefix("./")
            if name not in seen:
                seen.add(name)
                ahead.append(name)
                yield name


def test_an_added_file_adds_a_language(client: TestClient, tmp_path: Path) -> None:
    assert client.get("/static/words.json").json() == []
    words = tmp_path / "static" / "words"
    words.mkdir()
    for name in ("fr.js", "en.js", "README.md"):
        (words / name).write_text("")
    answer = client.get("/static/words.json")
    assert answer.json() == ["en", "fr"]
    assert answer.headers["cache-control"] == "no-cache"


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    for path in ("/", "/c/conv_0a", *SCRIPTS):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert first.headers["cache-control"] == "no-cache"
        assert (again.status_code, again.content) == (304, b"")


def test_the_page_loads_nothing_from_elsewhere(client: TestClient) -> None:
    headers = client.get("/c/conv_0a").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", [
    "/static/none.js", "/static/../secret.txt", "/static/%2e%2e/secret.txt", "/static/", "/static/client/none.js",
    "/static/client/%2e%2e/secret.txt", "/c", "/c/conv_0a/more", "/shared", "/settings/keys/more", "/index.html"])
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_an_icon_is_never_an_error(client: TestClient) -> None:
    assert client.get("/favicon.ico").status_code == 204


def test_a_large_file_is_sent_small_and_not_sent_again(client: TestClient, tmp_path: Path) -> None:
    text = "export const words = 'the same again';\n" * 100
    (tmp_path / "static" / "large.js").write_text(text)
    first = client.get("/static/large.js", headers={"Accept-Encoding": "gzip"})
    assert (first.headers["content-encoding"], first.text) == ("gzip", text)
    assert int(first.headers["content-length"]) < len(text) / 5
    again = client.get("/static/large.js", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "content-encoding" not in client.get("/static/large.js", headers={"Accept-Encoding": "identity"}).headers
