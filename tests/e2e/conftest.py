"""One installation for all tests of this folder, since vLLM takes a minute to start."""
import subprocess
from collections.abc import Iterator

import pytest

from tests.parley import ROOT, Parley

WORKER_PYTHON = ROOT / ".envs" / "worker" / "bin" / "python"
START_S = 450.0  # two vLLMs on two cores that others use too
STREAMS = 64


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parley]:
    """A gateway, and a worker that runs a tiny model for 64 at once.

    In float32, where rounding decides no tie otherwise if a step has another size.
    """
    model = tmp_path_factory.mktemp("model") / "tiny"
    make = "import sys, pathlib, tests.tiny_model as tiny; tiny.make_tiny_model(pathlib.Path(sys.argv[1]))"
    subprocess.run([WORKER_PYTHON, "-c", make, str(model)], cwd=ROOT, check=True, capture_output=True)
    settings = {"engine": "vllm", "model": str(model), "capacity": str(STREAMS), "dtype": "float32",
                "gpu_memory_utilization": "0.4"}  # where there is a GPU: two workers share it
    with Parley(settings=settings, worker_python=str(WORKER_PYTHON), ready_s=START_S) as parley:
        yield parley
