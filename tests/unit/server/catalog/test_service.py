"""Which models can be asked for, over fake workers and a clock that the test moves."""
import pytest

from relay.errors import RelayAway
from relay.views import WorkerInfo
from server.catalog.service import Catalog
from server.common.errors import Code, NotFound, Unavailable
from tests.unit.server.clock import FakeClock


class FakeRelay:
    def __init__(self, *workers: WorkerInfo) -> None:
        self.live = list(workers)
        self.away = False
        self.calls = 0

    async def workers(self) -> list[WorkerInfo]:
        self.calls += 1
        if self.away:
            raise RelayAway
        return self.live


BIG = WorkerInfo("worker-1", "Qwen/Qwen3-8B", started_at=20, context_tokens=32_768)
SMALL = WorkerInfo("worker-2", "tiny", started_at=10, context_tokens=2048)


async def test_lists_models_in_the_shape_of_openai() -> None:
    other = WorkerInfo("worker-3", "tiny", started_at=30, context_tokens=1024)
    catalog = Catalog(FakeRelay(BIG, SMALL, other), FakeClock())
    tiny, qwen = [model.model_dump() for model in await catalog.models()]
    assert tiny == {"id": "tiny", "object": "model", "created": 10, "owned_by": "parley", "parley:state": "ready",
                    "parley:context_tokens": 1024, "parley:workers": 2, "parley:capabilities": None,
                    "parley:parameters": None}
    assert qwen["id"] == "Qwen/Qwen3-8B"


async def test_a_model_can_do_what_all_its_workers_can() -> None:
    workers = [
        WorkerInfo("a", "tiny", capabilities=["tools", "images"]), WorkerInfo("b", "tiny", capabilities=["tools"]),
        WorkerInfo("c", "tiny", "loading"), WorkerInfo("d", "new", "loading"), WorkerInfo("e", "bare", capabilities=[]),
    ]
    catalog = Catalog(FakeRelay(*workers), FakeClock())
    assert {model.id: model.capabilities for model in await catalog.models()} == {
        "tiny": ["tools"], "new": None, "bare": []}
    assert await catalog.capabilities("tiny") == frozenset({"tools"})
    assert await catalog.capabilities("bare") == frozenset()
    assert await catalog.capabilities("new") is None
    assert await catalog.capabilities("gone") is None


async def test_how_large_a_model_is_any_worker_that_knows_may_say() -> None:
    workers = [
        WorkerInfo("a", "tiny", "loading"), WorkerInfo("b", "tiny", parameters=134_515_008), WorkerInfo("c", "packed")]
    models = await Catalog(FakeRelay(*workers), FakeClock()).models()
    assert {model.id: model.parameters for model in models} == {"tiny": 134_515_008, "packed": None}


async def test_a_draining_worker_serves_nothing_and_a_loading_one_does() -> None:
    catalog = Catalog(FakeRelay(WorkerInfo("a", "old", "draining"), WorkerInfo("b", "new", "loading")), FakeClock())
    [model] = await catalog.models()
    assert (model.id, model.state) == ("new", "loading")
    assert await catalog.resolve("new") == "new"
    assert not await catalog.is_ready()


async def test_looks_at_most_once_a_second() -> None:
    relay, clock = FakeRelay(SMALL), FakeClock()
    catalog = Catalog(relay, clock)
    await catalog.models()
    await catalog.resolve("tiny")
    assert relay.calls == 1
    clock.at += 1
    await catalog.models()
    assert relay.calls == 2


@pytest.mark.parametrize(
    ("configured", "workers", "default"),
    [
        ("", [BIG, SMALL], "tiny"),
        ("Qwen/Qwen3-8B", [BIG, SMALL], "Qwen/Qwen3-8B"),
        ("qwen/qwen3-8b", [BIG, SMALL], "Qwen/Qwen3-8B"),
        ("/models/tiny", [BIG, SMALL], "tiny"),
        ("maker/Tiny", [BIG, SMALL], "tiny"),
        ("another", [BIG], "Qwen/Qwen3-8B"),
        ("another", [], "another"),
        ("", [], ""),
    ],
)
async def test_default_model(configured: str, workers: list[WorkerInfo], default: str) -> None:
    assert await Catalog(FakeRelay(*workers), FakeClock(), default=configured).default_model() == default


async def test_resolves_the_default_and_any_live_model() -> None:
    catalog = Catalog(FakeRelay(BIG, SMALL), FakeClock(), default="tiny")
    assert [await catalog.resolve(name) for name in (None, "", "tiny", "Qwen/Qwen3-8B")] == [
        "tiny", "tiny", "tiny", "Qwen/Qwen3-8B"]


async def test_an_unknown_model_is_refused_with_the_names_of_the_live_ones() -> None:
    with pytest.raises(NotFound) as refused:
        await Catalog(FakeRelay(BIG, SMALL), FakeClock()).resolve("gpt-5")
    assert (refused.value.code, refused.value.param) == (Code.MODEL_NOT_FOUND, "model")
    assert refused.value.message == "The model `gpt-5` is not served here; there is: `tiny`, `Qwen/Qwen3-8B`."


async def test_before_any_worker_has_started_a_request_may_come_again() -> None:
    with pytest.raises(Unavailable):
        await Catalog(FakeRelay(), FakeClock()).resolve("tiny")
    assert await Catalog(FakeRelay(), FakeClock(), default="tiny").resolve("tiny") == "tiny"


async def test_a_model_whose_worker_has_gone_is_known_for_a_while() -> None:
    relay, clock = FakeRelay(BIG, SMALL), FakeClock()
    catalog = Catalog(relay, clock, remember_s=300)
    await catalog.models()
    relay.live = [BIG]
    clock.at += 300
    assert await catalog.resolve("tiny") == "tiny"
    with pytest.raises(NotFound):
        await catalog.get("tiny")
    clock.at += 1
    with pytest.raises(NotFound):
        await catalog.resolve("tiny")


async def test_is_ready_only_with_a_ready_worker_of_the_default_model() -> None:
    relay, clock = FakeRelay(SMALL), FakeClock()
    assert await Catalog(relay, clock).is_ready()
    assert not await Catalog(FakeRelay(), clock, default="tiny").is_ready()
    relay.away = True
    assert not await Catalog(relay, clock).is_ready()
