"""Reads the cases that drive both clients."""
import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[3] / "clients" / "vectors"


def cases(pattern: str) -> list[Any]:
    """The cases of all files that match, as pytest's parameters."""
    files = sorted(FOLDER.glob(pattern))
    assert files, f"no vectors {pattern}"
    return [
        pytest.param(case, id=f"{file.stem}: {case.get('name', number)}")
        for file in files
        for number, case in enumerate(json.loads(file.read_text())["cases"])
    ]
