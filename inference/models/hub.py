"""Models of the Hugging Face hub: whether one is in reach, and its files in the model cache.

The hub's own client does the fetching; HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE mean what they mean to it.
"""
import errno
import os
import sys
import urllib.request
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from loguru import logger

from inference.engine.port import Progress
from inference.models.errors import ModelError, disk_error
from inference.models.watch import run_watched

Has = Callable[[str], bool]  # whether a hub in reach has this model

REACH_S = 3
ASK_S = 15
WANTED = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja")  # no second copy of the weights in another format
FETCH = "import sys; from huggingface_hub import snapshot_download as s; print(s(sys.argv[1], revision=sys.argv[2], " \
        "cache_dir=sys.argv[3], allow_patterns=sys.argv[4:]))"


def offline() -> bool:
    """Whether the user has told the hub's client to stay off the network."""
    return any(os.environ.get(name, "").upper() in ("1", "ON", "YES", "TRUE")
               for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"))


def has(model: str) -> bool:
    """Whether a hub answers within 3 s that it has this model."""
    url = f"{os.environ.get('HF_ENDPOINT', 'https://huggingface.co').rstrip('/')}/{model}/resolve/main/config.json"
    if offline() or not url.startswith(("https://", "http://")):
        return False
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=REACH_S):  # noqa: S310
            return True
    except (OSError, ValueError):  # urllib's own errors are OSErrors
        return False


def prepare(model: str, cache: Path, progress: Progress) -> Path:
    """The folder of the model's newest files in the cache; without a hub in reach, of those that were fetched before.

    What was fetched half stays, and is gone on with the next time. Raises ModelError.
    """
    folder = cache / "hub"
    marker = folder / f"{model.replace('/', '--')}.complete"  # names the newest snapshot that is whole
    progress(f"Asking the hub for {model}", None)
    try:
        info = _ask(model)
    except ConnectionError as error:
        if marker.is_file() and (known := Path(marker.read_text())).is_dir():
            return known
        raise ModelError(
            f"The model {model} is not on this machine, and no Hugging Face hub is in reach ({error}): check the "
            "network and HF_ENDPOINT, or name a folder in PARLEY_MODEL.") from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
        snapshot = _fetch(model, info, folder, progress)
        marker.write_text(str(snapshot))
    except OSError as error:
        raise disk_error(error, cache) from error
    return snapshot


def _ask(model: str) -> Any:
    """What the hub says of the model, with the sizes of its files. Raises ModelError; ConnectionError if it is away."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import GatedRepoError, HTTPError, RepositoryNotFoundError

    if offline():
        raise ConnectionError("HF_HUB_OFFLINE is set")
    try:
        return HfApi().model_info(model, files_metadata=True, timeout=ASK_S)
    except GatedRepoError as error:
        raise ModelError(
            f"The model {model} is given out only to those who accepted its terms: accept them on its page, and set "
            "HF_TOKEN.") from error
    except RepositoryNotFoundError as error:
        raise ModelError(
            f"The hub has no model {model} for us, and no such folder is here: correct PARLEY_MODEL, or set HF_TOKEN "
            "if it is a private one.") from error
    except HTTPError as error:
        raise ConnectionError(type(error).__name__) from error


def _fetch(model: str, info: Any, folder: Path, progress: Progress) -> Path:
    files = [file for file in info.siblings if any(fnmatch(file.rfilename, pattern) for pattern in WANTED)]
    if not any(file.rfilename.endswith(".safetensors") for file in files):
        raise ModelError(f"The model {model} has no weights in the safetensors format: name another in PARLEY_MODEL.")
    size_bytes = sum(file.size or 0 for file in files)
    title = f"Downloading {model} ({size_bytes / 1e9:.1f} GB)"
    store = folder / f"models--{model.replace('/', '--')}"
    status, lines = run_watched(
        [sys.executable, "-c", FETCH, model, info.sha, str(folder), *WANTED], store, size_bytes,
        lambda share: progress(title, share), HF_HUB_DISABLE_PROGRESS_BARS="1")
    if status == 0:
        return Path(lines[-1])
    logger.warning("The hub's client could not fetch {}:\n{}", model, "\n".join(lines))
    if any("No space left" in line or "os error 28" in line for line in lines):
        raise OSError(errno.ENOSPC, "no room")
    raise ModelError(
        f"The model {model} could not be fetched from the hub ({lines[-1] if lines else status}): try again, it goes "
        "on where it stopped.")
