"""The examples in the clients' READMEs run as they stand, but for the address."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.clients.readers import WITH_OWN_WEBSOCKET, needs_node
from tests.integration.server.talk import expected
from tests.parley import Parley

CLIENTS = Path(__file__).parents[3] / "clients"
QUESTION, STORY = "What is the capital of France?", "Tell me a story."


def example(language: str, folder: str, number: int, parley: Parley) -> str:
    readme = (CLIENTS / folder / "README.md").read_text()
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", readme, re.DOTALL)
    return blocks[number].replace("http://localhost:8000", parley.url)


def output(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, encoding="utf-8", timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("number", "question"), [(0, QUESTION), (1, STORY)])
def test_python(parley: Parley, number: int, question: str) -> None:
    code = example("python", "python", number, parley)
    said = output(sys.executable, "-X", "utf8", "-c", code, PYTHONPATH=str(CLIENTS / "python"))
    assert said.startswith(expected(question, tokens=40))


@needs_node
def test_javascript(parley: Parley) -> None:
    library = (CLIENTS / "js" / "src" / "index.js").as_uri()
    code = example("js", "js", 0, parley).replace('"parley-client"', f'"{library}"').replace("console.log(text)",
                                                                                        "process.stdout.write(text)")
    said = output(str(shutil.which("node")), *WITH_OWN_WEBSOCKET, "--input-type=module", "--eval", code)
    assert said == expected(QUESTION)
