"""A running installation for tests: Redis, gateways and workers as processes of their own, from start to finish."""
import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.redis_server import RedisServer

ROOT = Path(__file__).parent.parent
START_S = 30.0
STOP_S = 15.0
GONE_S = 5.0  # a dead worker's children die of the parent-death signal, one generation after another


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Parley:
    """Made with `start`; `url` and `ws_url` are the first gateway's, `urls` and `ws_urls` all of them.

    `settings` are PARLEY_* without the prefix. Workers run in `worker_python`, the tests' own unless said otherwise,
    so they need the synthetic engine. `stop` ends everything and asserts that nothing is left.
    """

    def __init__(
            self, *, gateways: int = 1, workers: int = 1, settings: Mapping[str, str] | None = None,
            worker_python: str = sys.executable, ready_s: float = START_S, redis_options: Sequence[str] = ()) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="parley-"))
        self.redis = RedisServer(*redis_options)
        self.worker_python, self.ready_s = worker_python, ready_s
        self.ports = [free_port() for _ in range(gateways)]
        self.urls = [f"http://127.0.0.1:{port}" for port in self.ports]
        self.ws_urls = [f"ws://127.0.0.1:{port}" for port in self.ports]
        self.url, self.ws_url = self.urls[0], self.ws_urls[0]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.redis_urls: dict[str, str] = {}  # by a process's name, where its way to Redis is another than the rest's
        self._groups: list[int] = []
        self._workers = workers
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")},
            "PARLEY_DATA_DIR": str(self.folder),
            "PARLEY_REDIS_URL": self.redis.url,
            "PARLEY_ENGINE": "synthetic",
            "PARLEY_DRAIN_S": "5",
            **{f"PARLEY_{name.upper()}": value for name, value in (settings or {}).items()},
        }

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything, and wait until each gateway is ready."""
        self.redis.start()
        for number in range(1, len(self.ports) + 1):
            self.start_gateway(number)
        for number in range(1, self._workers + 1):
            self.start_worker(number)
        self.wait_ready()

    def start_gateway(self, number: int) -> None:
        name = f"gateway-{number}"
        self._start(name, sys.executable, "server", "--name", name, "--port", str(self.ports[number - 1]))

    def start_worker(self, number: int) -> None:
        name = f"worker-{number}"
        self._start(name, self.worker_python, "inference", "--name", name)

    def end(self, name: str, number: signal.Signals = signal.SIGTERM, within_s: float = STOP_S) -> int:
        """Send one process a signal and wait for its end. Returns its exit code; minus the signal if it was killed."""
        process = self.processes.pop(name)
        process.send_signal(number)
        return process.wait(timeout=within_s)

    def wait_ready(self, *, ready: bool = True) -> None:
        """Until every gateway says that it is ready (or, not `ready`, that it is not)."""
        for url in self.urls:
            self.wait_until(partial(_is_ready, url, ready), f"{url} to be ready: {ready}", self.ready_s)

    def wait_until(self, condition: Callable[[], bool], what: str, limit_s: float = START_S) -> None:
        """Look again and again. Raises TimeoutError with the processes' logs."""
        limit = time.monotonic() + limit_s
        while not condition():
            if time.monotonic() > limit:
                raise TimeoutError(f"waited {limit_s:g} s for {what}\n{self.logs()}")
            time.sleep(0.02)

    async def until(self, condition: Callable[[], bool], what: str, limit_s: float = START_S) -> None:
        """`wait_until`, while the test's own tasks go on. The condition is asked in a thread."""
        await asyncio.to_thread(self.wait_until, condition, what, limit_s)

    def forget_ended(self) -> None:
        """Redis has forgotten all that has ended, as it does an hour after it was recorded."""
        with self.redis.client() as redis:
            for key in (*redis.scan_iter("parley:{0}:log:*"), *redis.scan_iter("parley:{0}:job:*")):
                redis.delete(key)

    def total(self, name: str) -> float:
        """A metric's samples, of all gateways."""
        return sum(metric(url, name) for url in self.urls)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def logs(self) -> str:
        return "\n".join(f"--- {path.stem}\n{path.read_text(errors='replace')}" for path in self.folder.glob("*.log"))

    def stop(self) -> None:
        """End everything, gently if it goes so. Asserts that no process of it is left."""
        for process in self.processes.values():
            process.terminate()
        stubborn = [name for name, process in self.processes.items() if not _ends(process)]
        limit = time.monotonic() + GONE_S
        while (left := [group for group in self._groups if _is_alive(group)]) and time.monotonic() < limit:
            time.sleep(0.02)
        for group in left:
            os.killpg(group, signal.SIGKILL)
        for process in self.processes.values():
            process.wait()
        self.processes.clear()
        self.redis.stop()
        logs = self.logs()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.redis.folder, ignore_errors=True)
        assert not stubborn, f"did not end within {STOP_S:g} s: {stubborn}\n{logs}"
        assert not left, f"left processes behind: {left}\n{logs}"

    def _start(self, name: str, python: str, module: str, *arguments: str) -> None:
        own = {"PARLEY_REDIS_URL": self.redis_urls[name]} if name in self.redis_urls else {}
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [python, "-m", module, *arguments], cwd=ROOT, env={**self._environment, **own}, stdout=log,
                stderr=subprocess.STDOUT, start_new_session=True)
        self.processes[name] = process
        self._groups.append(process.pid)


def get(url: str, path: str) -> tuple[int, dict[str, object]]:
    """An answer's status and its JSON; (0, {}) where nobody listens."""
    try:
        with urllib.request.urlopen(f"{url}{path}", timeout=5) as answer:  # noqa: S310 - http, to ourselves
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except OSError:
        return 0, {}


def metric(url: str, name: str, label: str = "") -> float:
    """The sum of a metric's samples, whatever their labels, or of those with a label, such as `state="ready"`."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=5) as answer:  # noqa: S310 - http, to ourselves
        lines = answer.read().decode().splitlines()
    samples = [line for line in lines if line.startswith((f"{name} ", f"{name}{{")) and label in line]
    return sum(float(line.split()[-1]) for line in samples)


def _is_ready(url: str, ready: bool) -> bool:
    return (get(url, "/health/ready")[0] == 200) == ready


def _ends(process: "subprocess.Popen[bytes]") -> bool:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_S)
    return process.returncode is not None


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
