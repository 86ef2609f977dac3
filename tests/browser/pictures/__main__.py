"""Pictures of the page: `python -m tests.browser.pictures [NAME …]`, of an installation of its own.

Its answers come from the synthetic engine, with `--model` from SmolLM2 as `make run` serves it.
"""
import argparse
import sys
from pathlib import Path

from tests.browser.pictures.scenes import SCENES
from tests.browser.pictures.stage import staged


def main() -> int:
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"of {', '.join(SCENES)}; all if none is named")
    parser.add_argument("--model", action="store_true", help="answers come from SmolLM2, in the worker's environment")
    parser.add_argument("--scale", type=float, default=1.5, help="pixels of a picture for each of the page")
    parser.add_argument("--out", type=Path, default=Path("docs/images"), help="folder of the pictures")
    given = parser.parse_args()
    if unknown := [name for name in given.name if name not in SCENES]:
        parser.error(f"no picture is named {unknown[0]!r}; there are {', '.join(SCENES)}")
    given.out.mkdir(parents=True, exist_ok=True)
    with staged(real=given.model, scale=given.scale) as stage:
        for name in given.name or SCENES:
            SCENES[name](stage, given.out)
            sys.stdout.write(f"{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
