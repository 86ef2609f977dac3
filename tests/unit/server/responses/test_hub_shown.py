"""What a gateway puts back where Redis has lost it: what it has taken in lately, from batches and logs."""
import pytest

from relay.events import Continued, InProgress
from relay.records import Record
from relay.views import Shown
from tests.unit.server.responses.hub_at_hand import World
from tests.unit.server.responses.story import RESPONSE, a_request, deltas, message, numbered, told

TEXTS = [f"word {number} " for number in range(40)]
LONG = told(*TEXTS)


@pytest.fixture
def world() -> World:
    return World()


def shown(world: World, response_id: str = RESPONSE) -> list[Record]:
    return next(one.records for one in world.hub.shown() if one.request.response_id == response_id)


async def test_every_token_that_came_in_a_batch(world: World) -> None:
    world.hub.open(a_request())
    other = world.hub.open(a_request(response_id="resp_other"))
    for record in LONG[1:]:
        world.batch(record, Record("resp_other", record.attempt, record.after, record.first, record.events))
    world.batch(Record("resp_unknown", 1, 1, 1001, [InProgress(1.0)]))
    assert world.hub.shown()[0] == Shown(a_request(), LONG)
    assert [(record.first, record.events) for record in shown(world, other.response_id)] == [
        (record.first, record.events) for record in LONG]


async def test_nothing_that_waits_for_what_is_before_it(world: World) -> None:
    world.hub.open(a_request())
    for record in [*LONG[1:20], *LONG[21:]]:
        world.batch(record)
    assert shown(world) == LONG[:20]
    world.relay.add(a_request(), LONG[:22])
    await world.hub.repair()
    assert shown(world) == LONG


async def test_nothing_of_a_history_that_was_lost(world: World) -> None:
    said = [InProgress(1.0), *message(*TEXTS)[:12]]
    world.hub.open(a_request())
    for record in numbered(said)[1:]:
        world.batch(record)
    log = numbered(said[:8], [Continued(2.0, "handover"), *deltas("other", "words")])
    world.batch(log[-3])
    world.relay.add(a_request(), log)
    await world.hub.repair()
    assert world.hub.counts.diverged == 1
    assert shown(world) == log


async def test_what_is_old_is_left_out(world: World) -> None:
    world.hub.open(a_request())
    for record in LONG[1:30]:
        world.batch(record)
        world.pass_(1.0)
    assert shown(world) == LONG[19:30]


async def test_what_a_log_said_and_what_a_batch_said_is_told_once(world: World) -> None:
    world.relay.add(a_request(), LONG[:10])
    await world.hub.attach(RESPONSE)
    for record in LONG[5:20]:
        world.batch(record)
    assert shown(world) == LONG[:20]
