"""Finished responses, on every database."""
from typing import Any

import pytest

from relay.job import Request, Sampling
from server.common.database import Database
from server.conversations.repository import ResponseRepository


@pytest.fixture
def repository(database: Database) -> ResponseRepository:
    return ResponseRepository(database)


def asked(response_id: str = "resp_0a", text: str = "Hello") -> Request:
    message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    sampling = Sampling(temperature=0.5, stop=["x"])
    return Request(response_id, "guest", "tiny", 1_700_000_000.25, [message], sampling=sampling)


def answered(response_id: str = "resp_0a", text: str = "Hi") -> dict[str, Any]:
    part = {"type": "output_text", "text": text}
    message = {"type": "message", "id": "msg_1", "role": "assistant", "content": [part]}
    return {"id": response_id, "status": "completed", "output": [message], "previous_response_id": "resp_00"}


async def test_reads_what_was_saved(repository: ResponseRepository) -> None:
    await repository.save(asked(), answered())
    found = await repository.find("resp_0a")
    assert found is not None
    assert (found.request, found.response) == (asked(), answered())
    assert found.output == answered()["output"]


@pytest.mark.parametrize("text", ["Ünïcödé 🦊", "nul \x00 within", "half a pair \ud83e", '"quotes" \\ and \n'])
async def test_keeps_every_character(repository: ResponseRepository, text: str) -> None:
    await repository.save(asked(text=text), answered(text=text))
    found = await repository.find("resp_0a")
    assert found is not None
    assert (found.request, found.response) == (asked(text=text), answered(text=text))


async def test_the_first_save_counts(repository: ResponseRepository) -> None:
    await repository.save(asked(), answered())
    await repository.save(asked(), answered(text="again"))
    found = await repository.find("resp_0a")
    assert found is not None
    assert found.response == answered()


async def test_finds_none_of_another_id(repository: ResponseRepository) -> None:
    await repository.save(asked(), answered())
    assert await repository.find("resp_0b") is None
    assert not await repository.is_deleted("resp_0b")


async def test_deleted_is_gone(repository: ResponseRepository) -> None:
    await repository.save(asked(), answered())
    assert not await repository.is_deleted("resp_0a")
    await repository.delete(asked(), 1_700_000_100)
    assert await repository.find("resp_0a") is None
    assert await repository.is_deleted("resp_0a")


async def test_deleted_before_it_was_saved_stays_gone(repository: ResponseRepository) -> None:
    await repository.delete(asked(), 1_700_000_100)
    await repository.save(asked(), answered())
    assert await repository.find("resp_0a") is None
    assert await repository.is_deleted("resp_0a")


async def test_deleted_keeps_nothing_of_what_was_said(repository: ResponseRepository, database: Database) -> None:
    await repository.save(asked(text="a secret"), answered(text="a secret"))
    await repository.delete(asked(text="a secret"), 1_700_000_100)
    async with database.engine.connect() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM responses")).all()
    assert len(rows) == 1
    assert "secret" not in str(rows)
