"""What is compared, as things that start, stand still and end: each an engine with its processes.

Whoever is not measured stands still (SIGSTOP), for vLLM's idle processes are not idle: they look for work all the time.
"""
import os
import shutil
import signal
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.chaos.stack import is_stopped
from tests.load.local import SETTINGS
from tests.load.peers.order import Way
from tests.load.peers.words import MODULE
from tests.load.usage import cpu_s
from tests.parley import ROOT, Parley, free_port, get
from tests.processes import alive, command_line, descendants, wait_until_gone

WORKER_PYTHON = ROOT / ".envs" / "worker" / "bin" / "python"
START_S = 400.0  # vLLM takes a minute, and more where others use the machine too
END_S = 15.0
STOP_S = 5.0
LOG_LINES = 30
TITLES = {"EngineCore": "engine_core", "Worker": "model"}  # in the titles that vLLM gives its processes


@dataclass(frozen=True, slots=True)
class Model:
    """`tokens` are an answer's, so many that one takes some seconds; `dtype` None: as the worker chooses.

    `load_format` is vLLM's; `gpu_memory_utilization` each engine's share of a GPU, None: as vLLM chooses.
    """

    name: str
    folder: Path
    tokens: int
    dtype: str | None
    load_format: str = "auto"
    gpu_memory_utilization: float | None = None

    @property
    def served_as(self) -> str:
        """Parley calls a folder's model by the folder's name."""
        return self.folder.name

    @property
    def settings(self) -> dict[str, str]:
        """How it is to be loaded, under the names of the worker's settings."""
        given = {"dtype": self.dtype, "load_format": self.load_format,
                 "gpu_memory_utilization": self.gpu_memory_utilization}
        return {name: str(value) for name, value in given.items() if value is not None}


class Engine(ABC):
    """`name` is the one of its log."""

    def __init__(self, name: str) -> None:
        self.name = name

    @abstractmethod
    def start(self) -> None:
        """Until it answers. Raises RuntimeError or TimeoutError with what it said."""

    @abstractmethod
    def end(self) -> None:
        """Nothing is left of it."""

    @abstractmethod
    def heads(self) -> Mapping[str, int]:
        """The processes that were started here, by role."""

    @property
    @abstractmethod
    def addresses(self) -> Mapping[Way, str]: ...

    @abstractmethod
    def wait_ready(self) -> None:
        """Until it would answer, after it stood still."""

    def roles(self) -> dict[str, list[int]]:
        """All its processes."""
        found: dict[str, list[int]] = {}
        for role, pid in self.heads().items():
            found.setdefault(role, []).append(pid)
            for child in descendants(pid):
                found.setdefault(role_of(command_line(child)), []).append(child)
        return found

    def cpu_s(self) -> dict[str, float]:
        return {role: sum(map(cpu_s, pids)) for role, pids in self.roles().items()}

    def stand_still(self) -> None:
        """Returns when all its processes do. Raises TimeoutError."""
        self._send(signal.SIGSTOP)
        limit = time.monotonic() + STOP_S
        while not all(is_stopped(pid) for pids in self.roles().values() for pid in pids):
            if time.monotonic() > limit:
                raise TimeoutError(f"{self.name} does not stand still")
            time.sleep(0.001)

    def go_on(self) -> None:
        self._send(signal.SIGCONT)
        self.wait_ready()

    def _send(self, number: signal.Signals) -> None:
        for pids in self.roles().values():
            send(pids, number)


def role_of(command: str) -> str:
    """Of a process that vLLM has started."""
    return next((role for title, role in TITLES.items() if command.startswith(f"VLLM::{title}")), "other")


def send(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


class Program(Engine):
    """A process of the worker's environment, and what it starts."""

    def __init__(self, name: str, module: str, model: Model, kv_bytes: int | None) -> None:
        super().__init__(name)
        self._words = [str(WORKER_PYTHON), "-m", module, "--folder", str(model.folder), "--name", model.served_as,
                       *(["--kv-bytes", str(kv_bytes)] if kv_bytes else [])]
        for setting, value in model.settings.items():
            self._words += [f"--{setting.replace('_', '-')}", value]
        self._folder = Path()  # from start to end
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def more_words(self) -> Sequence[str]: ...

    @abstractmethod
    def answers(self) -> bool: ...

    def start(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="parley-peer-"))  # short: a socket's path ends at 107 bytes
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*self._words, *self.more_words()], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True)
        self.wait_ready()

    def wait_ready(self) -> None:
        wait_for(self.answers, self._lives, self.said)

    def _lives(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def said(self) -> str:
        return "\n".join([f"{self.name} said at last:", *self._lines()[-LOG_LINES:]])

    def _lines(self) -> list[str]:
        return self._log.read_text(errors="replace").splitlines()

    def end(self) -> None:
        if self._process is not None:
            self._send(signal.SIGCONT)
            everything = [pid for pids in self.roles().values() for pid in pids]
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(END_S)
            send([pid for pid in everything if alive(pid)], signal.SIGKILL)
            self._process.wait()
            self._process = None
            wait_until_gone(everything)
        if self._folder.is_absolute():
            shutil.rmtree(self._folder, ignore_errors=True)

    def heads(self) -> Mapping[str, int]:
        return {} if self._process is None else {"front_end": self._process.pid}

    @property
    def _log(self) -> Path:
        return self._folder / "log"


class InProcess(Program):
    """vLLM in process; `shipped` with the executor that its makers chose."""

    def __init__(self, model: Model, kv_bytes: int | None, *, shipped: bool) -> None:
        super().__init__("in_process_shipped" if shipped else "in_process", "tests.load.peers.in_process", model,
                         kv_bytes)
        self._shipped = shipped

    def more_words(self) -> Sequence[str]:
        return ["--socket", str(self._socket), *(["--shipped"] if self._shipped else [])]

    def answers(self) -> bool:
        return self._socket.exists()

    @property
    def _socket(self) -> Path:
        return self._folder / "socket"

    @property
    def addresses(self) -> Mapping[Way, str]:
        return {"pipe": str(self._socket)}


class VllmServer(Program):
    """vLLM's own API server."""

    def __init__(self, model: Model, kv_bytes: int | None) -> None:
        super().__init__("vllm_server", "tests.load.peers.vllm_server", model, kv_bytes)
        self._port = free_port()

    def more_words(self) -> Sequence[str]:
        return ["--port", str(self._port)]

    def answers(self) -> bool:
        return get(self.addresses["chat"], "/v1/models")[0] == 200

    def command(self) -> str:
        """As it was started."""
        return next((line for line in self._lines() if line.startswith(f"-m {MODULE}")), "")

    @property
    def addresses(self) -> Mapping[Way, str]:
        return {"chat": f"http://127.0.0.1:{self._port}"}


class ParleyEngine(Engine):
    """A gateway, Redis, and a worker; the worker's own process is the front-end."""

    def __init__(self, settings: Mapping[str, str], worker_python: str) -> None:
        super().__init__("parley")
        self._settings, self._worker_python = settings, worker_python
        self._parley: Parley | None = None

    @classmethod
    def of_model(cls, model: Model) -> "ParleyEngine":
        return cls({"engine": "vllm", "model": str(model.folder), **model.settings}, str(WORKER_PYTHON))

    def start(self) -> None:
        self._parley = Parley(
            settings={**SETTINGS, **self._settings}, worker_python=self._worker_python, ready_s=START_S)
        self._parley.start()

    def end(self) -> None:
        if self._parley is not None:
            self._send(signal.SIGCONT)
            self._parley.stop()
            self._parley = None

    def heads(self) -> Mapping[str, int]:
        if self._parley is None or self._parley.redis.process is None:
            return {}
        processes = self._parley.processes
        return {"redis": self._parley.redis.process.pid, "gateway": processes["gateway-1"].pid,
                "front_end": processes["worker-1"].pid}

    @property
    def addresses(self) -> Mapping[Way, str]:
        assert self._parley is not None
        return {"websocket": self._parley.url, "sse": self._parley.url}

    def wait_ready(self) -> None:
        assert self._parley is not None
        self._parley.wait_ready()


def wait_for(answers: Callable[[], bool], lives: Callable[[], bool], said: Callable[[], str]) -> None:
    limit = time.monotonic() + START_S
    while not answers():
        if not lives():
            raise RuntimeError(f"it has ended.\n{said()}")
        if time.monotonic() > limit:
            raise TimeoutError(f"it did not answer within {START_S:g} s.\n{said()}")
        time.sleep(0.1)
