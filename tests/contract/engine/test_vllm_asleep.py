"""vLLM's processes sleep while they wait for one another, by a bell that stands for a class of vLLM's."""
import inspect
import os
from pathlib import Path

import pytest

from inference.engine.port import Engine
from inference.engine.vllm.bell import Bell
from tests.contract.engine.answers import Asker
from tests.processes import command_line, descendants

TOKENS = 200
MOST_A_STEP = 8.0  # asleep it is one to three; a scheduler that looks every 0.1 ms does so 20 times and more


def of_vllm(title: str) -> list[int]:
    return [pid for pid in descendants(os.getpid()) if command_line(pid).startswith(f"VLLM::{title}")]


def switches(pid: int) -> int:
    """How often its main thread has given its core away, or lost it."""
    lines = Path(f"/proc/{pid}/task/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if "voluntary_ctxt_switches" in line)


@pytest.mark.parametrize("title", ["EngineCore", "Worker"])
@pytest.mark.asyncio(loop_scope="session")
async def test_a_step_wakes_each_process_a_few_times(engine: Engine, asker: Asker, title: str) -> None:
    (process,) = of_vllm(title)
    before = switches(process)

    answer = await asker.ask("Go on", max_output_tokens=TOKENS, min_tokens=TOKENS)

    assert answer.last.output_tokens == TOKENS
    assert (switches(process) - before) / TOKENS < MOST_A_STEP


@pytest.mark.vllm
@pytest.mark.filterwarnings("default")
def test_the_bell_answers_to_all_that_what_it_stands_for_does() -> None:
    from vllm.distributed.device_communicators.shm_broadcast import SpinCondition

    theirs = {name: value for name, value in vars(SpinCondition).items() if inspect.isfunction(value)}
    assert theirs.keys() == {"__init__", "record_read", "cancel", "wait", "notify"}
    for name, method in theirs.items():
        assert list(inspect.signature(method).parameters) == list(inspect.signature(getattr(Bell, name)).parameters)
