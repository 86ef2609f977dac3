"""Tickets: once, and not for long."""
import pytest

from server.auth.schemas import Kind, Proof
from server.auth.tickets import LIFETIME_S, PREFIX, RedisTickets, Tickets
from server.common.errors import Code, NotAllowed, Unavailable
from tests.redis_server import RedisServer

PROOF = Proof(Kind.TOKEN, "user_ann", token_id="1", issued_at=1.5, expires_at=2.5)


async def test_a_ticket_is_what_it_was_asked_with_once_at_any_gateway(redis_url: str) -> None:
    here, there = RedisTickets(redis_url), RedisTickets(redis_url)
    ticket = await Tickets(here).issue(PROOF)
    assert await Tickets(there).redeem(ticket) == PROOF
    for store in (here, there):
        with pytest.raises(NotAllowed) as refused:
            await Tickets(store).redeem(ticket)
        assert refused.value.code is Code.INVALID_TICKET
        await store.close()


async def test_a_ticket_lasts_half_a_minute_and_cannot_be_read(redis_url: str, shared_redis: RedisServer) -> None:
    store = RedisTickets(redis_url)
    ticket = await Tickets(store).issue(PROOF)
    with shared_redis.client() as client:
        [name] = client.keys(f"{PREFIX}*")
        assert ticket.encode() not in name
        assert ticket.encode() not in client.get(name)
        assert LIFETIME_S - 1 <= client.ttl(name) <= LIFETIME_S
        client.delete(name)
    with pytest.raises(NotAllowed):
        await Tickets(store).redeem(ticket)
    await store.close()


async def test_while_redis_is_away_there_are_none(own_redis: RedisServer) -> None:
    store = RedisTickets(own_redis.url)
    own_redis.stop()
    with pytest.raises(Unavailable):
        await Tickets(store).issue(PROOF)
    with pytest.raises(Unavailable):
        await Tickets(store).redeem("x")
    await store.close()
