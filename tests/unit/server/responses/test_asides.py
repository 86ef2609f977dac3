"""What the server asks a model on the side."""
import asyncio

import pytest

from relay.events import Ended
from relay.views import WorkerInfo, WorkerState
from server.responses.asides import USER, Asides
from tests.unit.server.responses.fakes import World


class FakeWorkers:
    def __init__(self, *infos: WorkerInfo) -> None:
        self.infos = list(infos)

    async def workers(self) -> list[WorkerInfo]:
        return self.infos


def worker(state: WorkerState = "ready", running: int = 0, waiting: int = 0, model: str = "tiny") -> WorkerInfo:
    return WorkerInfo("w", model, state, running=running, waiting=waiting)


@pytest.mark.parametrize(("infos", "idle"), [
    ([worker()], True),
    ([], False),
    ([worker(running=1)], False),
    ([worker(waiting=1)], False),
    ([worker(), worker(running=1)], False),
    ([worker(state="loading")], False),
    ([worker(model="other")], False),
    ([worker(), worker(model="other", running=5)], True),
])
async def test_idle_is_a_model_for_which_nobody_waits(infos: list[WorkerInfo], idle: bool) -> None:
    assert await Asides(World().service, FakeWorkers(*infos)).is_idle("tiny") is idle


async def test_an_answer_is_kept_nowhere() -> None:
    world = World()
    asking = asyncio.create_task(Asides(world.service, FakeWorkers()).ask("tiny", "Title?"))
    while not world.relay.requests:  # noqa: ASYNC110 - who asks sets no event for tests
        await asyncio.sleep(0)
    request = world.relay.requests[world.last]
    assert (request.user, request.store, request.model) == (USER, False, "tiny")
    world.relay.answer(world.last, "The ", "Matterhorn")
    assert await asking == "The Matterhorn"


async def test_a_failure_is_no_answer() -> None:
    world = World()
    asking = asyncio.create_task(Asides(world.service, FakeWorkers()).ask("tiny", "Title?"))
    while not world.relay.requests:  # noqa: ASYNC110 - who asks sets no event for tests
        await asyncio.sleep(0)
    world.relay.answer(world.last, "half", end=Ended("failed", 2.0, code="engine_error", message="x"))
    assert await asking == ""
