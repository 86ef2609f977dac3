"""Redis really restarts, and has really lost what was written last: from a copy of its append-only file."""
from pathlib import Path

import pytest

from relay.errors import LinkLost, RelayError
from relay.events import Created, Queued
from relay.records import Record
from relay.settings import RelaySettings
from relay.views import Step
from tests.integration.relay.hub import FakeHub
from tests.integration.relay.world import BareWorker, Running, beginning, ended, request, token, until
from tests.redis_server import RedisServer


def settings_for(server: RedisServer) -> RelaySettings:
    return RelaySettings(server.url, grace_s=1.2)


async def rejoin(worker: BareWorker, running: Running, records: list[Record]) -> set[str]:
    with pytest.raises(LinkLost):
        await worker.append(Step())
    assert await worker.connect()
    return await worker.rejoin([running.held(*records)])


def lose(server: RedisServer, copy: Path | None) -> None:
    """Back to the copy; without one, everything is lost."""
    if copy is None:
        server.stop(kill=True)
        for path in server.append_only_files():
            path.unlink()
        server.start()
    else:
        server.restart_from(copy)


@pytest.mark.parametrize("lost", ["tokens", "lease", "job", "everything"])
async def test_nothing_is_lost_and_nothing_comes_twice(own_redis: RedisServer, lost: str) -> None:
    settings = settings_for(own_redis)
    hub = await FakeHub("g", settings).start()
    worker = await BareWorker("w", settings).open()
    copy = own_redis.keep_copy() if lost == "job" else None
    await hub.send(request(1))
    if lost == "lease":
        copy = own_redis.keep_copy()
    (running,) = await worker.take()
    records = [await worker.stream(running, beginning(), token(1), to=["g"], log=True)]
    if lost == "tokens":
        copy = own_redis.keep_copy()
    records.append(await worker.stream(running, token(2), to=["g"], log=True))
    records.append(await worker.stream(running, token(3), to=["g"]))
    await until(lambda: len(hub.events(running.id)) == 6)
    lose(own_redis, copy)
    await until(lambda: not hub.relay.up)
    assert await rejoin(worker, running, records) == {running.id}
    await until(lambda: hub.relay.up)
    assert hub.said == ["up", "down", "new run"]
    assert await worker.look([running.id]) == {running.id: (["g"], False)}
    last = running.make(token(4), ended())
    await worker.append(Step({"g": [last]}, [last], {running.id: ["g"]}, {running.id: "completed"}))
    expected = [Created(), Queued(), beginning(), token(1), token(2), token(3), token(4), ended()]
    await until(lambda: len(hub.events(running.id)) == 8)
    assert hub.events(running.id) == expected
    late = await hub.relay.log(running.id)
    assert [event for record in late for event in record.events] == expected
    await worker.leave()
    await hub.stop()


async def test_a_worker_that_died_with_redis_leaves_what_was_shown(own_redis: RedisServer) -> None:
    settings = settings_for(own_redis)
    hub = await FakeHub("g", settings).start()
    worker = await BareWorker("w", settings).open()
    await hub.send(request(1))
    (running,) = await worker.take()
    await worker.stream(running, beginning(), token(1), to=["g"], log=True)
    copy = own_redis.keep_copy()
    await worker.stream(running, token(2), to=["g"])
    await until(lambda: len(hub.events(running.id)) == 5)
    own_redis.restart_from(copy)
    successor = BareWorker("w2", settings)
    await successor.connect()
    await until(lambda: hub.relay.up)
    await successor.register(successor.info())
    leased: list[Running] = []

    async def take() -> bool:
        leased.extend(await successor.take())
        return bool(leased)
    for _ in range(400):
        try:
            if await take():
                break
            await successor.nudges(20)
            await successor.renew(successor.info())
        except RelayError as error:  # pragma: no cover - tells what went wrong
            pytest.fail(str(error))
    (after,) = leased
    assert [e for r in after.leased.records for e in r.events] == [
        Created(), Queued(), beginning(), token(1), token(2)], "the log, with what the gateway had shown"
    await successor.stream(after, token(3), to=["g"])
    await until(lambda: len(hub.events(running.id)) == 6)
    assert hub.events(running.id)[-2:] == [token(2), token(3)]
    await successor.leave()
    await hub.stop()
    await worker._close()


async def test_an_end_that_was_lost_comes_back(own_redis: RedisServer) -> None:
    settings = settings_for(own_redis)
    hub = await FakeHub("g", settings).start()
    worker = await BareWorker("w", settings).open()
    await hub.send(request(1))
    (running,) = await worker.take()
    copy = own_redis.keep_copy()
    await worker.stream(running, beginning(), token(1), to=["g"])
    await worker.finish(running, to=["g"])
    await until(lambda: len(hub.events(running.id)) == 5)
    own_redis.restart_from(copy)
    await until(lambda: not hub.relay.up)
    await until(lambda: hub.relay.up)
    job = await hub.relay.find(running.id)
    assert job is not None
    assert (job.state, job.status) == ("ended", "completed")
    assert await hub.relay.to_record(10) == [running.id]
    await hub.stop()
    await worker._close()
