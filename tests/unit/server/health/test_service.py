"""Ready or not, and what is missing; what the launcher wrote of the start."""
import json
from pathlib import Path

import pytest

from relay.errors import RelayAway
from relay.views import WorkerInfo
from server.health.service import Health, read_startup


class FakeParts:
    """Relay, database, catalog and door in one; all is well unless a test says otherwise."""

    def __init__(self) -> None:
        self.up, self.fault, self.is_draining = True, "", False
        self.has_database = self.has_model = True
        self.live = [WorkerInfo("worker-1", "tiny", "loading", "loading weights", 0.5, started_at=1)]

    async def answers(self) -> bool:
        return self.has_database

    async def is_ready(self) -> bool:
        return self.has_model

    async def workers(self) -> list[WorkerInfo]:
        if not self.up:
            raise RelayAway
        return self.live

    async def default_model(self) -> str:
        return (await self.workers())[0].model


@pytest.fixture
def parts() -> FakeParts:
    return FakeParts()


def health(parts: FakeParts, startup: Path = Path("none")) -> Health:
    return Health(parts, parts, parts, parts, startup)


async def test_ready(parts: FakeParts) -> None:
    assert (await health(parts).ready()).model_dump() == {"ready": True, "missing": []}


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [("up", False, "redis"), ("has_database", False, "database"), ("has_model", False, "worker"),
     ("is_draining", True, "gateway")],
)
async def test_names_what_is_missing(parts: FakeParts, name: str, value: bool, part: str) -> None:
    setattr(parts, name, value)
    answer = await health(parts).ready()
    assert not answer.ready
    assert [missing.part for missing in answer.missing] == [part]


async def test_says_why_a_redis_cannot_be_used(parts: FakeParts) -> None:
    parts.up, parts.fault = False, "Redis may throw keys away."
    assert (await health(parts).ready()).missing[0].message == "Redis may throw keys away."


async def test_status_tells_how_far_workers_are(parts: FakeParts) -> None:
    parts.has_model = False
    status = await health(parts).status()
    assert (status.ready, status.model) == (False, "tiny")
    assert [worker.model_dump() for worker in status.workers] == [
        {"state": "loading", "message": "loading weights", "progress": 0.5}]


async def test_status_while_the_relay_is_away(parts: FakeParts) -> None:
    parts.up = False
    status = await health(parts).status()
    assert (status.ready, status.model, status.workers) == (False, "", [])


async def test_status_tells_of_the_start(parts: FakeParts, tmp_path: Path) -> None:
    file = tmp_path / "startup.json"
    file.write_text(json.dumps({"steps": [
        {"name": "worker packages", "message": "60 MB of 600", "progress": 0.1, "state": "running"},
        {"name": "model", "message": "is there", "progress": 1, "state": "done"},
        {"name": "database", "message": "disk full", "progress": None, "state": "failed"},
    ]}))
    steps = (await health(parts, file).status()).startup
    assert [(step.step, step.progress, step.done, step.failed) for step in steps] == [
        ("worker packages", 0.1, False, False), ("model", 1, True, False), ("database", None, False, True)]


SENSELESS = ["", "[]", "{", '{"steps": 7}', '{"steps": [{}]}', '{"steps": [{"name": {}}]}', "null"]


@pytest.mark.parametrize("text", SENSELESS)
def test_a_senseless_file_tells_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "startup.json").write_text(text)
    assert read_startup(tmp_path / "startup.json") == []


def test_no_file_tells_nothing(tmp_path: Path) -> None:
    assert read_startup(tmp_path / "startup.json") == []
