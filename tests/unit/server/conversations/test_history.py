"""Where an earlier response is found, and for whom."""
import pytest

from relay.errors import RelayAway
from server.common.errors import Code, NotFound, Unavailable
from server.conversations.history import History
from server.conversations.repository import ResponseRepository
from tests.unit.server.clock import FakeClock
from tests.unit.server.conversations.fakes import FakeRelay, fold


@pytest.fixture
def relay() -> FakeRelay:
    return FakeRelay()


@pytest.fixture
def history(relay: FakeRelay, repository: ResponseRepository) -> History:
    return History(relay, repository, fold, FakeClock())


async def test_is_there_as_soon_as_it_has_ended(history: History, relay: FakeRelay) -> None:
    relay.add("resp_0a")
    found = await history.find("resp_0a", "guest")
    assert found is not None
    assert found.response["status"] == "completed"


@pytest.mark.parametrize("relay_is", ["forgetful", "away"])
async def test_is_there_when_only_the_database_has_it(
        history: History, relay: FakeRelay, repository: ResponseRepository, relay_is: str) -> None:
    relay.add("resp_0a")
    request, records = relay.jobs["resp_0a"].request, relay.logs["resp_0a"]
    await repository.save(request, fold(request, records), records)
    relay.forget("resp_0a")
    relay.away = relay_is == "away"
    found = await history.find("resp_0a", "guest")
    assert found is not None
    assert found.request == request
    assert await history.records("resp_0a") == records


async def test_what_only_the_relay_can_know_is_not_unknown_while_it_is_away(history: History, relay: FakeRelay) -> None:
    """It has ended, and is not saved yet: told that it does not exist, its reader would give up."""
    relay.add("resp_0a")
    relay.away = True
    with pytest.raises(RelayAway):
        await history.find("resp_0a", "guest")


async def test_knowing_an_id_is_no_right_to_it(
        history: History, relay: FakeRelay, repository: ResponseRepository) -> None:
    relay.add("resp_0a", user="guest_1")
    assert await history.find("resp_0a", "guest_2") is None
    request = relay.jobs["resp_0a"].request
    await repository.save(request, fold(request, relay.logs["resp_0a"]), relay.logs["resp_0a"])
    relay.forget("resp_0a")
    assert await history.find("resp_0a", "guest_2") is None
    with pytest.raises(NotFound):
        await history.delete("resp_0a", "guest_2")
    assert await history.find("resp_0a", "guest_1") is not None


async def test_what_runs_or_was_not_to_be_stored_is_not_there(history: History, relay: FakeRelay) -> None:
    relay.add("resp_0a", status=None)
    relay.add("resp_0b", store=False)
    assert await history.find("resp_0a", "guest") is None
    assert await history.find("resp_0b", "guest") is None
    assert await history.find("resp_0c", "guest") is None


async def test_a_log_that_is_going_counts_as_gone(history: History, relay: FakeRelay) -> None:
    relay.add("resp_0a")
    del relay.logs["resp_0a"][1]
    assert await history.find("resp_0a", "guest") is None


async def test_deleted_is_gone_though_the_relay_still_has_it(history: History, relay: FakeRelay) -> None:
    relay.add("resp_0a")
    await history.delete("resp_0a", "guest")
    assert await history.find("resp_0a", "guest") is None
    with pytest.raises(NotFound) as refused:
        await history.delete("resp_0a", "guest")
    assert refused.value.code is Code.RESPONSE_NOT_FOUND


async def test_while_the_database_is_away_the_relay_suffices(relay: FakeRelay, away: ResponseRepository) -> None:
    history = History(relay, away, fold, FakeClock())
    relay.add("resp_0a")
    assert await history.find("resp_0a", "guest") is not None
    with pytest.raises(Unavailable) as refused:
        await history.find("resp_0b", "guest")
    assert refused.value.code is Code.HISTORY_UNAVAILABLE
    with pytest.raises(Unavailable):
        await history.records("resp_0a")
    with pytest.raises(Unavailable):
        await history.delete("resp_0a", "guest")
