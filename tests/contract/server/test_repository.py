"""Finished responses, on every database."""
from typing import Any

import pytest
from sqlalchemy import update

from relay.events import Delta, Done, Ended, InProgress, ItemAdded, Logprob, PartAdded, Usage
from relay.job import Request, Sampling
from relay.records import Record, encode_batch, first_record
from server.common.database import Database
from server.conversations.models import ResponseRow
from server.conversations.repository import ResponseRepository

RECORDS = [
    first_record("resp_0a"),
    Record("resp_0a", 7, 1, 1001, [InProgress(1.0), ItemAdded("msg_1", "message"), PartAdded("output_text")]),
    Record("resp_0a", 7, 1003, 1004, [Delta("nul \x00 🦊", [1, 2], [Logprob("nul", -0.5, [("x", -1.0)])])]),
    Record("resp_0a", 9, 1004, 2004, [Delta(" more", [3]), Done([4]), Ended("completed", 2.0, Usage(1, 0, 4, 0))]),
]


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
    await repository.save(asked(), answered(), RECORDS)
    found = await repository.find("resp_0a")
    assert found is not None
    assert (found.request, found.response) == (asked(), answered())
    assert found.output == answered()["output"]


@pytest.mark.parametrize("text", ["Ünïcödé 🦊", "nul \x00 within", "half a pair \ud83e", '"quotes" \\ and \n'])
async def test_keeps_every_character(repository: ResponseRepository, text: str) -> None:
    await repository.save(asked(text=text), answered(text=text), RECORDS)
    found = await repository.find("resp_0a")
    assert found is not None
    assert (found.request, found.response) == (asked(text=text), answered(text=text))


async def test_the_first_save_counts(repository: ResponseRepository) -> None:
    await repository.save(asked(), answered(), RECORDS)
    await repository.save(asked(), answered(text="again"), RECORDS)
    found = await repository.find("resp_0a")
    assert found is not None
    assert found.response == answered()


async def test_finds_none_of_another_id(repository: ResponseRepository) -> None:
    await repository.save(asked(), answered(), RECORDS)
    assert await repository.find("resp_0b") is None
    assert not await repository.is_deleted("resp_0b")


async def test_a_stream_can_be_told_again_event_by_event(repository: ResponseRepository) -> None:
    await repository.save(asked(), answered(), RECORDS)
    found = await repository.records("resp_0a")
    places = [(record.attempt, record.after, record.first, record.last) for record in found]
    assert places == [(0, -1, 0, 1), (7, 1, 1001, 1004), (9, 1004, 2004, 2006)]
    told = [event for record in RECORDS for event in record.events]
    kept = [event for record in found for event in record.events]
    assert [getattr(event, "text", type(event)) for event in kept] == [getattr(e, "text", type(e)) for e in told]
    assert kept[5] == Delta("nul \x00 🦊", [], [Logprob("nul", -0.5, [("x", -1.0)])])
    assert kept[-1] == told[-1]


async def test_events_that_were_not_kept_or_cannot_be_read_are_none(
        repository: ResponseRepository, database: Database) -> None:
    assert await repository.records("resp_0b") == []
    await repository.save(asked(), answered(), RECORDS)
    for events in (None, b"", b"\xc1", encode_batch(0.0, []).replace(b"\x01", b"\x7f", 1)):
        async with database.session() as session:
            await session.execute(update(ResponseRow).values(events=events))
        assert await repository.records("resp_0a") == []


@pytest.mark.parametrize("response_id", ["resp_\0", "\0", "resp_0" + "x" * 500])
async def test_an_id_that_can_be_none_is_just_unknown(repository: ResponseRepository, response_id: str) -> None:
    assert await repository.find(response_id) is None
    assert await repository.records(response_id) == []
    assert not await repository.is_deleted(response_id)


async def test_deleted_is_gone(repository: ResponseRepository) -> None:
    await repository.save(asked(), answered(), RECORDS)
    assert not await repository.is_deleted("resp_0a")
    await repository.delete(asked(), 1_700_000_100)
    assert await repository.find("resp_0a") is None
    assert await repository.records("resp_0a") == []
    assert await repository.is_deleted("resp_0a")


async def test_deleted_before_it_was_saved_stays_gone(repository: ResponseRepository) -> None:
    await repository.delete(asked(), 1_700_000_100)
    await repository.save(asked(), answered(), RECORDS)
    assert await repository.find("resp_0a") is None
    assert await repository.is_deleted("resp_0a")


async def test_deleted_keeps_nothing_of_what_was_said(repository: ResponseRepository, database: Database) -> None:
    await repository.save(asked(text="a secret"), answered(text="a secret"), RECORDS)
    await repository.delete(asked(text="a secret"), 1_700_000_100)
    async with database.engine.connect() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM responses")).all()
    assert len(rows) == 1
    assert "secret" not in str(rows)
