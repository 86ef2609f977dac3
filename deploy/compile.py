"""Compile what `relay.compiled` names: `python -m deploy.compile PYTHON`, in the environment that has mypyc.

Does nothing where it is done, or not wanted; otherwise it needs a C compiler and Python's headers, and about forty
seconds. What comes of it appears in one rename.
"""
import argparse
import os
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path

from relay import compiled

# Types that cannot be found are none; what is wrong elsewhere is for the checks to tell.
OPTIONS = """[mypy]
ignore_missing_imports = true
follow_imports = silent
"""


def main(words: list[str] | None = None) -> int:
    """Returns the exit code; what went wrong stands on standard error."""
    parser = argparse.ArgumentParser(prog="python -m deploy.compile", description=__doc__)
    parser.add_argument("python", type=Path, nargs="?", default=Path(sys.executable),
                        help="the interpreter whose packages the types come from: the gateway's")
    parser.add_argument("--look", action="store_true", help="only tell, by the exit code, if nothing is to be done")
    given = parser.parse_args(words)
    target = compiled.place()
    if target.is_dir() or not compiled.is_wanted():
        return 0
    missing = "" if given.look else what_is_missing()
    if given.look or missing:
        sys.stderr.write(f"there is {missing or 'nothing of these sources'}\n")
        return 1
    make(target, given.python.absolute())
    return 0


def what_is_missing() -> str:
    """Of what pip does not bring; empty if it is there."""
    if not shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0]):
        return "no C compiler"
    return "" if (Path(sysconfig.get_path("include")) / "Python.h").is_file() else "no header of Python (Python.h)"


def make(target: Path, python: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".making-") as made:
        whole = Path(made) / "whole"
        compile_into(whole, Path(made) / "work", python)
        forget_older(target)
        try:
            whole.rename(target)
        except OSError:
            if not target.is_dir():  # not merely another who was faster
                raise


def compile_into(folder: Path, work: Path, python: Path) -> None:
    """In a copy of the sources, since all tools involved write beside them."""
    from mypyc.build import mypycify
    from setuptools import setup

    for package in compiled.PACKAGES:
        if (compiled.ROOT / package).is_dir():
            shutil.copytree(compiled.ROOT / package, work / package, ignore=shutil.ignore_patterns("__pycache__"))
    os.chdir(work)
    Path("mypy.ini").write_text(OPTIONS)
    files = [file for name in compiled.MODULES if Path(file := name.replace(".", "/") + ".py").is_file()]
    extensions = mypycify(
        ["--config-file", "mypy.ini", "--cache-dir", os.devnull, "--python-executable", str(python), *files],
        opt_level="3", debug_level="0", target_dir="c", group_name=compiled.GROUP)
    setup(name=compiled.GROUP, packages=[], ext_modules=extensions, script_args=[
        "--quiet", "build_ext", "--build-lib", str(folder), "--build-temp", "objects"])


def forget_older(target: Path) -> None:
    """Who runs has loaded what it needs."""
    for other in target.parent.iterdir():
        if other != target and not other.name.startswith("."):
            shutil.rmtree(other, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
