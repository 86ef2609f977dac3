"""What the page shows before its scripts run."""
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from server.auth.service import Authenticator
from server.page import router
from server.settings import CLIENT_DIR, STATIC_DIR

INDEX = '<html lang="$language"><div data-sidebar="$sidebar"><h2>$greeting</h2></div>'
WORDS = 'export default {{\n  chat: {{\n    greeting: "{}",\n  }},\n}};\n'


def served(folder: Path, *, guests: bool = True) -> TestClient:
    app = FastAPI()
    app.state.authenticator = Authenticator(admits_guests=guests)
    router.install(app, folder, CLIENT_DIR)
    return TestClient(app)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "words").mkdir()
    for code, greeting in {"en": "Well?", "fr": "Eh bien\\u00a0?", "xx": "<&\\\"", "yy": "broken\\"}.items():
        (tmp_path / "words" / f"{code}.js").write_text(WORDS.format(greeting))
    (tmp_path / "words" / "zz.js").write_text("export default {};\n")
    return tmp_path


def test_each_language_greets_in_its_words() -> None:
    page = served(STATIC_DIR)
    for code, greeting in {"en": "What would you like to know?", "fr": "Que voulez-vous savoir ?"}.items():
        text = page.get("/", headers={"Accept-Language": code}).text
        assert f'<html lang="{code}">' in text
        assert f'<div class="greeting"><h2>{greeting}</h2></div>' in text
        assert f'<link rel="modulepreload" href="/static/words/{code}.js">' in text
        assert "$" not in text


@pytest.mark.parametrize(("header", "language"), [
    ("", "en"), ("fr", "fr"), ("fr-CA, en;q=0.5", "fr"), ("de, fr;q=0.3, en;q=0.8", "en"), ("FR;q=0.9,de", "fr"),
    ("de", "en"), ("fr;q=0", "en"), ("fr;q=much", "en"), ("*", "en"), (",;,q=", "en"), ("../fr", "en"),
    ("fr;q=nan", "en")])
def test_the_reader_s_language_is_the_most_wanted_that_there_is(folder: Path, header: str, language: str) -> None:
    answer = served(folder).get("/", headers={"Accept-Language": header})
    assert answer.text.startswith(f'<html lang="{language}">')
    assert set(answer.headers["vary"].split(", ")) == {"Accept-Language", "Cookie"}


@pytest.mark.parametrize(
    ("cookie", "language"), [("fr", "fr"), ("nosuch", "en"), ('"><script>', "en"), ("../xx", "en")])
def test_the_language_chosen_before_is_spoken(folder: Path, cookie: str, language: str) -> None:
    headers = {"Cookie": f"parley_language={cookie}", "Accept-Language": "en"}
    assert served(folder).get("/", headers=headers).text.startswith(f'<html lang="{language}">')


@pytest.mark.parametrize(
    ("code", "heading"), [("xx", "<h2>&lt;&amp;&quot;</h2>"), ("yy", "<h2></h2>"), ("zz", "<h2></h2>")])
def test_words_are_text_and_may_be_missing(folder: Path, code: str, heading: str) -> None:
    assert heading in served(folder).get("/", headers={"Accept-Language": code}).text


def test_only_an_empty_chat_greets_and_only_who_may_chat(folder: Path) -> None:
    framed, alone = ("/", "/c/conv_0a", "/settings/keys", "/admin"), ("/sign-in", "/sign-up", "/letter", "/shared/s")
    for path in (*framed, *alone):
        sidebar, greeting = "open" if path in framed else "closed", "Well?" if path == "/" else ""
        text = served(folder).get(path).text
        assert f'<div data-sidebar="{sidebar}"><h2>{greeting}</h2>' in text, path
        assert '<div data-sidebar="closed"><h2></h2>' in served(folder, guests=False).get(path).text, path


def test_a_sidebar_that_was_closed_stays_closed(folder: Path) -> None:
    assert 'data-sidebar="closed"' in served(folder).get("/", headers={"Cookie": "parley_sidebar=closed"}).text
    assert 'data-sidebar="open"' in served(folder).get("/", headers={"Cookie": "parley_sidebar=nonsense"}).text


def test_what_is_the_same_is_not_sent_again_and_another_language_is(folder: Path) -> None:
    page = served(folder)
    tag = {"If-None-Match": page.get("/").headers["etag"]}
    again = page.get("/", headers=tag)
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "no-cache")
    assert page.get("/", headers=tag | {"Accept-Language": "fr"}).status_code == 200


def test_without_a_page_there_is_none(tmp_path: Path) -> None:
    assert served(tmp_path).get("/").status_code == 404
