"""The engines that a run can be made with, and what an undisturbed run of each says."""
import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from tests.chaos import doors
from tests.chaos.check import DELTA, TERMINAL
from tests.chaos.doors import Wish
from tests.chaos.expected import Expected, undisturbed
from tests.chaos.plan import StreamPlan
from tests.parley import ROOT

WORKER_PYTHON = ROOT / ".envs" / "worker" / "bin" / "python"
VLLM_START_S = 450.0  # two of them on two cores
AT_ONCE = 16

Expect = Callable[[StreamPlan], Awaitable[Expected]]


async def expect_synthetic(plan: StreamPlan) -> Expected:
    """Its text is a function of the prompt, so an engine of our own says what is right."""
    return await undisturbed(plan.input, plan.fields)


def vllm_settings(folder: Path) -> dict[str, str]:
    """A tiny model, made in `folder`; in float32, so that no rounding decides a tie otherwise in a larger step."""
    make = "import sys, pathlib, tests.tiny_model as tiny; tiny.make_tiny_model(pathlib.Path(sys.argv[1]))"
    model = str(folder / "tiny")
    subprocess.run([WORKER_PYTHON, "-c", make, model], cwd=ROOT, check=True, capture_output=True)
    return {"engine": "vllm", "model": model, "capacity": "64", "dtype": "float32"}


def greedy(plan: StreamPlan) -> StreamPlan:
    """The same, so that it says the same each time, at a length that is as asked for."""
    length = int(plan.input.rpartition("=")[2].rstrip("]"))
    fields = {name: value for name, value in plan.fields.items() if name != "stop"}
    return replace(plan, fields={**fields, "temperature": 0, "min_tokens": length, "max_output_tokens": length})


async def asked_before(plans: list[StreamPlan], url: str) -> Expect:
    """Ask each once while nothing is broken; that is what each must say again."""
    room = asyncio.Semaphore(AT_ONCE)

    async def ask(plan: StreamPlan) -> Expected:
        pieces: list[str] = []
        wish = Wish({"input": plan.input, **plan.fields, "store": False}, f"undisturbed-{plan.number}")
        async with room:
            async for event in doors.by_socket(url, wish):
                if event["type"] == DELTA:
                    pieces += event["delta"]  # how many characters came with one token is not known: one each
                if event["type"] in TERMINAL:
                    end = event["response"]
        usage = end["usage"]
        return Expected(pieces, pieces, end["status"], usage["input_tokens"], usage["output_tokens"], by_token=False)

    found = dict(zip([plan.number for plan in plans], await asyncio.gather(*map(ask, plans)), strict=True))

    async def expect(plan: StreamPlan) -> Expected:
        return found[plan.number]

    return expect
