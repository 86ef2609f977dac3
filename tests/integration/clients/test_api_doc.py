"""The examples of docs/api.md run as they stand, but for the address and the model."""
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.clients.node_programs import FOLDER, NODE, needs_packages
from tests.integration.server.talk import expected, output_text
from tests.parley import ROOT, Parley

DOCUMENT = (ROOT / "docs" / "api.md").read_text()
BLOCKS: list[tuple[str, str]] = re.findall(r"```(sh|python|js)\n(.*?)```", DOCUMENT, re.DOTALL)
QUESTION = "What is the capital of France?"
SAID = expected(QUESTION)


def _json(check: Callable[[Any], bool]) -> Callable[[str], bool]:
    return lambda printed: check(json.loads(printed))


def _second(printed: str) -> bool:
    return printed == f"{SAID}\n{expected(QUESTION, SAID, 'Tell me more.')}"


def _events(printed: str) -> bool:
    return printed.startswith("event: response.created\n") and printed.endswith("data: [DONE]\n\n")


def _talked(printed: str) -> bool:
    return printed == f"{SAID}\n{expected(QUESTION, SAID, 'And of Italy?')}\n"


def _called(printed: str) -> bool:
    first, _, rest = printed.partition("\n")
    return first.startswith("weather {'city': ") and len(rest) > 1


def _ended(status: str) -> Callable[[str], bool]:
    return lambda printed: printed.endswith(f"\n{status}\n")


PRINTED: list[Callable[[str], bool]] = [  # what each example prints, in the document's order
    _json(lambda models: models["data"][0]["id"] == "synthetic"),
    _json(lambda response: output_text(response) == SAID),
    _events,
    _second,
    lambda printed: printed == SAID,
    lambda printed: printed == SAID,
    _json(lambda said: said == {"paris": SAID, "rome": expected("What is the capital of Italy?")}),
    _json(lambda completion: completion["choices"][0]["message"]["content"] == SAID),
    lambda printed: printed.startswith(SAID) and printed.endswith(" tokens\n"),
    lambda printed: printed == f"{SAID}\n",
    lambda printed: printed == SAID,
    _talked,
    _called,
    lambda printed: printed.startswith("name=") and " inhabitants=" in printed,
    lambda printed: printed == "completed\n",
    _ended("incomplete"),
    _json(lambda models: models["data"][0]["id"] == "synthetic"),
    _json(lambda answer: answer["data"]["models"][0]["id"] == "synthetic"),
    _json(lambda answer: answer["error"]["code"] == "unsupported_parameter"),
]


def command(language: str, code: str) -> list[str]:
    if language == "sh":
        return ["bash", "-ec", code]
    if language == "js":
        return [str(NODE), "--input-type=module", "--eval", code]
    return [sys.executable, "-X", "utf8", "-c", code]


def examples() -> list[Any]:
    marks = {"js": [needs_packages]}
    return [
        pytest.param(language, code, printed, id=f"{number}-{language}", marks=marks.get(language, []))
        for number, ((language, code), printed) in enumerate(zip(BLOCKS, PRINTED, strict=True))
    ]


@pytest.mark.parametrize(("language", "code", "printed"), examples())
def test_an_example(parley: Parley, language: str, code: str, printed: Callable[[str], bool]) -> None:
    address = parley.url.removeprefix("http://")
    code = code.replace("127.0.0.1:8000", address).replace("smollm2-135m-instruct", "synthetic")
    done = subprocess.run(
        command(language, code), cwd=FOLDER, env={**os.environ, "PYTHONPATH": ""}, capture_output=True, text=True,
        encoding="utf-8", timeout=50)
    assert done.returncode == 0, done.stderr
    assert printed(done.stdout), done.stdout
