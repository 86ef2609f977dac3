"""A throwaway PostgreSQL on a unix socket for tests. It refuses to run as root, so root runs it as `nobody`."""
import os
import shutil
import subprocess
import time
from pathlib import Path

from tests.throwaway_server import ThrowawayServer

OTHER_USER = "nobody"


def find_binaries() -> Path:
    """The folder of `initdb` and `postgres`. Raises RuntimeError where there is none."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise RuntimeError("tests need PostgreSQL: install the package postgresql, or put initdb on PATH")
    return versions[-1].parent


class PostgresServer(ThrowawayServer):
    """One cluster in a folder of its own, without any syncing to disk; `url` is SQLAlchemy's, for asyncpg."""

    def __init__(self) -> None:
        super().__init__("postgres")
        self.binaries = find_binaries()
        self.url = f"postgresql+asyncpg://parley@/postgres?host={self.folder}"

    def start(self) -> None:
        """Make the cluster if there is none yet, start it, and wait until it takes connections."""
        data = self.folder / "data"
        if not data.exists():
            if os.geteuid() == 0:
                shutil.chown(self.folder, OTHER_USER)
            self._run("initdb", "-D", data, "-U", "parley", "--auth=trust", "--encoding=UTF8", "--no-locale", "-N")
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                self._command("postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=", "-F"),
                stdout=subprocess.DEVNULL, stderr=log, cwd=self.folder, user=self._user())
        limit = time.monotonic() + 20
        while subprocess.run(self._command("pg_isready", "-q", "-h", self.folder), check=False).returncode:
            if self.process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")
            time.sleep(0.02)

    def stop(self) -> None:
        """The fast shutdown: open connections are ended."""
        if self.process is not None:
            self.process.send_signal(2)
            self.process.wait(timeout=20)
            self.process = None

    def _command(self, name: str, *arguments: str | Path) -> list[str]:
        return [str(self.binaries / name), *map(str, arguments)]

    def _run(self, name: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            self._command(name, *arguments), capture_output=True, check=False, cwd=self.folder, user=self._user())
        if done.returncode:
            raise RuntimeError(f"{name} failed: {done.stderr.decode()}")

    def _user(self) -> str | None:
        return OTHER_USER if os.geteuid() == 0 else None
