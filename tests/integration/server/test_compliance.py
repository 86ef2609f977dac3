"""Open Responses, case by case, over a whole installation: the same run that looks at any server."""
import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from tests.compliance.run import CASES, open_target
from tests.compliance.target import Target
from tests.parley import ROOT, Parley


@pytest.fixture
async def target(parley: Parley) -> AsyncIterator[Target]:
    async with open_target(parley.url, "compliance") as target:
        yield target


@pytest.mark.parametrize("case_id", CASES)
async def test_there_is_nothing_to_say(target: Target, case_id: str) -> None:
    await CASES[case_id](target)


async def command(*arguments: str) -> tuple[int, str]:
    """What `python -m tests.compliance` ends with, and says."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.compliance", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT)
    told, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, told.decode()


async def test_the_command_looks_at_any_server(parley: Parley) -> None:
    code, told = await command("--url", parley.url, "--key", "compliance", "--only", "basic-response,models")
    assert (code, told.splitlines()[1:]) == (0, ["passed  basic-response", "passed  models", "Nothing to say."])
    code, told = await command("--url", f"{parley.url}/v1", "--model", "another", "--only", "basic-response")
    assert code == 1
    assert "FAILED  basic-response" in told
    assert "model_not_found" in told
    code, told = await command("--url", "http://127.0.0.1:9", "--only", "basic-response")
    assert code == 2
