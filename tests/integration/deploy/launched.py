"""A real `make run` of a test's own: its lines, its processes, its end."""
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[3]
MARK = "PARLEY_TEST_LAUNCH"
COMMAND = (sys.executable, "-m", "deploy.local", "run")
READY_S = 60.0


def free_port(count: int = 1) -> int:
    """A port that is free, and the next ones too."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port: int = first.getsockname()[1]
            if all(_is_free(port + n) for n in range(1, count)):
                return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return port < 65_536 and probe.connect_ex(("127.0.0.1", port)) != 0


class Launched:
    """The launcher with the synthetic engine in a folder of its own. Leaving it kills whatever is left."""

    def __init__(self, data: Path, *, command: tuple[str, ...] = COMMAND, **settings: str | int) -> None:
        self.data = data
        self.mark = uuid.uuid4().hex
        self.port = int(settings.pop("PORT", 0) or free_port(int(settings.get("GATEWAYS", 1)) or 1))
        self.lines: list[str] = []
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
        environment |= {f"PARLEY_{name}": str(value) for name, value in settings.items()}
        environment |= {"PARLEY_PORT": str(self.port), "PARLEY_DATA_DIR": str(data), "PARLEY_ENGINE": "synthetic",
                        MARK: self.mark}
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as in what a shell runs in the background: make would
            signal.signal(signal.SIGINT, signal.default_int_handler)  # inherit that, and could not be interrupted
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        self._over = False
        self._said = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> "Launched":
        return self

    def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        while left := self.left():
            for pid in left:
                _kill(pid)
        self.process.wait()
        self._reader.join()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def wait_for(self, words: str, within_s: float = READY_S) -> str:
        """The first line that contains these words. Raises AssertionError with all lines if none comes."""
        with self._said:
            self._said.wait_for(lambda: self._over or self._with(words), within_s)
            found = self._with(words)
        assert found, f"{words!r} was not said: {self.lines}"
        return found[0]

    def ready(self) -> "Launched":
        self.wait_for("Parley is ready")
        return self

    def get(self, path: str, port: int | None = None, body: bytes | None = None) -> bytes:
        """GET, or POST with a JSON body. Raises urllib.error.URLError."""
        request = urllib.request.Request(f"http://127.0.0.1:{port or self.port}{path}", data=body,
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - of our own making
            return bytes(answer.read())

    def pid(self, name: str) -> int:
        """The process of that name, by its pid file; 0 while there is none."""
        file = self.data / "run" / f"{name}.pid"
        return int(file.read_text() or 0) if file.exists() else 0

    def ends_within(self, seconds: float) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        return self.process.wait(seconds)

    def left(self) -> list[int]:
        """Whoever still carries the mark."""
        mark = f"{MARK}={self.mark}".encode()
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if mark in _environ(entry)]

    def leaves_nothing_within(self, seconds: float) -> bool:
        limit = time.monotonic() + seconds
        while self.left():
            if time.monotonic() > limit:
                return False
        return True

    def _read(self) -> None:
        for line in self.process.stdout or ():
            with self._said:
                self.lines.append(line.rstrip())
                self._said.notify_all()
        with self._said:
            self._over = True
            self._said.notify_all()

    def _with(self, words: str) -> list[str]:
        return [line for line in self.lines if words in line]


def _environ(entry: Path) -> bytes:
    try:
        return (entry / "environ").read_bytes()
    except OSError:
        return b""


def _kill(pid: int) -> None:
    try:
        os.kill(pid, 9)
    except OSError:
        return
