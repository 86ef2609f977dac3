"""The hub's own client against a small hub of the test's own: fetched, found again without it, refused in sentences."""
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from inference.models.errors import ModelError
from inference.models.hub import prepare

pytestmark = pytest.mark.vllm

COMMIT = "0123456789abcdef0123456789abcdef01234567"
FILES = {
    "config.json": b'{"model_type": "llama"}',
    "model.safetensors": b"weights" * 1000,
    "pytorch_model.bin": b"the same in another format",
}


class SmallHub(BaseHTTPRequestHandler):
    """Has owner/model; owner/gated asks for terms to be accepted, and owner/old has no safetensors."""

    protocol_version = "HTTP/1.1"
    fetched: list[str]

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].strip("/")
        if path.startswith("api/models/owner/gated"):
            self.answer(403, b"{}", {"X-Error-Code": "GatedRepo"})
        elif path.startswith(("api/models/owner/model", "api/models/owner/old")):
            names = FILES if "model" in path.rpartition("owner")[2] else ["pytorch_model.bin"]
            siblings = [{"rfilename": name, "size": len(FILES[name])} for name in names]
            if "/tree/" in path:
                tree = [{"type": "file", "path": name, "size": len(FILES[name]), "oid": "0" * 40} for name in names]
                self.answer(200, json.dumps(tree).encode())
            else:
                self.answer(200, json.dumps({"id": "owner/model", "sha": COMMIT, "siblings": siblings}).encode())
        elif path.startswith("owner/model/resolve/") and (name := path.rpartition("/")[2]) in FILES:
            if self.command == "GET":
                self.fetched.append(name)
            self.answer(200, FILES[name], {
                "X-Repo-Commit": COMMIT, "ETag": f'"{hashlib.sha1(FILES[name]).hexdigest()}"'})  # noqa: S324 - an ETag
        else:
            self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def silent(words: str, share: float | None) -> None:
    """Progress that nobody looks at."""


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """The hub is up, and the client knows of it; the names of the files that were fetched."""
    names: list[str] = []
    handler = type("Handler", (SmallHub,), {"fetched": names})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}"
        for name, value in {"HF_ENDPOINT": url, "HF_HOME": str(tmp_path / "home"), "no_proxy": "127.0.0.1"}.items():
            monkeypatch.setenv(name, value)
        for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):  # an engine of an earlier test may have set them
            monkeypatch.delenv(name, raising=False)
        for name, known in {"ENDPOINT": url, "HF_HUB_OFFLINE": False}.items():
            monkeypatch.setattr(f"huggingface_hub.constants.{name}", known)  # read once, when the client was imported
        yield names
        server.shutdown()
        thread.join()


def test_a_model_is_fetched_once_and_found_without_the_hub(
        fetched: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    folder = prepare("owner/model", tmp_path / "cache", lambda words, share: seen.append(words))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        name: FILES[name] for name in ("config.json", "model.safetensors")}
    assert sorted(fetched) == ["config.json", "model.safetensors"]
    assert seen[0] == "Asking the hub for owner/model"
    assert seen[-1] == "Downloading owner/model (0.0 GB)"
    assert prepare("owner/model", tmp_path / "cache", silent) == folder
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert prepare("owner/model", tmp_path / "cache", silent) == folder
    assert len(fetched) == 2


@pytest.mark.parametrize(("model", "words"), [
    ("owner/none", "The hub has no model owner/none for us, and no such folder is here"),
    ("owner/gated", "accept them on its page, and set HF_TOKEN"),
    ("owner/old", "has no weights in the safetensors format"),
])
def test_what_cannot_be_had_is_said_in_a_sentence(fetched: list[str], tmp_path: Path, model: str, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        prepare(model, tmp_path / "cache", silent)


def test_a_model_that_was_never_fetched_needs_the_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelError, match=r"not on this machine, and no Hugging Face hub is in reach .HF_HUB_OFFLINE"):
        prepare("owner/model", tmp_path / "cache", silent)
