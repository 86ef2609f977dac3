"""Redis pauses, dies with what it wrote last, or is another one: sockets stay open, and each token is shown once."""
import asyncio
import signal

import pytest

from relay.keys import Keys
from tests.chaos.loss import NEVER_REWRITES, cut_back, mark
from tests.chaos.replica import Replica, offset
from tests.integration.relay.world import Client
from tests.integration.server.talk import socket_to, turn
from tests.integration.worker.behind_proxy import Way, behind_proxy
from tests.integration.worker.streams import Stream, all_go_on, all_said, busiest, streaming
from tests.parley import Parley
from tests.redis_server import RedisServer

pytestmark = pytest.mark.timeout(120)  # a fault of ten seconds, and what comes before and after it

KEYS = Keys("0")
STREAMS = 24
PAUSE_S = 10.0


def texts(count: int, tokens: int, what: str = "") -> list[str]:
    return [f"{what}{number} [[tokens={tokens}]]" for number in range(count)]


def attempts(client: Client, stream: Stream) -> int:
    """How many workers' attempts its log holds: how often an engine was given its prompt."""
    entries = client.xrange(KEYS.log(stream.response_id))
    return len({entry_id.split(b"-")[0] for entry_id, _ in entries} - {b"0"})


def check_all(parley_redis: RedisServer, streams: list[Stream], *, undisturbed: bool) -> None:
    """Right to the end; `undisturbed`: and never given to an engine a second time."""
    for stream in streams:
        stream.check()
    with parley_redis.client() as client:
        made = [attempts(client, stream) for stream in streams]
    assert min(made) >= 1
    if undisturbed:
        assert made == [1] * len(streams)
        assert not any(stream.continued for stream in streams)


async def test_a_pause_of_ten_seconds_drops_nothing_and_prefills_nothing_again() -> None:
    async with behind_proxy() as (parley, _), socket_to(parley.ws_url) as socket:
        async with streaming(parley.ws_urls, texts(STREAMS, 500)) as streams:
            await all_said(streams, 100)
            assert parley.redis.process
            parley.redis.process.send_signal(signal.SIGSTOP)
            [refused] = await turn(socket, "Anybody there?")
            await asyncio.sleep(PAUSE_S - 5)  # the fault itself
            [refused_at_once] = await turn(socket, "And now?")
            parley.redis.process.send_signal(signal.SIGCONT)
        for error in (refused, refused_at_once):
            assert (error["status"], error["error"]["code"]) == (503, "relay_unavailable")
        check_all(parley.redis, streams, undisturbed=True)
        assert "took back" not in parley.logs()


async def test_a_restart_without_the_last_writes_loses_nothing_that_was_shown() -> None:
    async with behind_proxy(*NEVER_REWRITES) as (parley, _):
        async with streaming(parley.ws_urls, texts(STREAMS, 500)) as old:
            await all_said(old, 100)
            before = mark(parley.redis)
            async with (
                streaming(parley.ws_urls, texts(8, 300, "vanished ")) as vanished,
                streaming(parley.ws_urls, texts(4, 30, "ended ")) as ended,
            ):
                await all_said(vanished, 100)
                await asyncio.gather(*(stream.until_ended() for stream in ended))
                await asyncio.to_thread(parley.redis.stop, kill=True)
                lost = cut_back(parley.redis, before)
                await asyncio.to_thread(parley.redis.start)
        assert lost > 100
        check_all(parley.redis, [*old, *vanished, *ended], undisturbed=True)


async def test_connections_that_break_with_writes_under_way() -> None:
    """What was asked is done, and nobody hears it; or the connection is killed by Redis."""
    async with behind_proxy() as (parley, way):
        async with streaming(parley.ws_urls, texts(STREAMS, 500)) as streams:
            await all_said(streams, 100)
            with parley.redis.client() as client:
                for _ in range(5):
                    await way.opens(5)  # what was on its way goes on before they are back
                    assert way.deafen() > 4
                    await way.answers(2000)
                    await way.opens(5)
                    way.cut()
                    await all_go_on(streams)
                    assert client.client_kill_filter(_type="normal", skipme=True) > 4
                    await all_go_on(streams)
        check_all(parley.redis, streams, undisturbed=True)


async def test_a_slow_network_is_only_slow() -> None:
    async with behind_proxy() as (parley, way):
        async with streaming(parley.ws_urls, texts(STREAMS, 300)) as streams:
            await all_said(streams, 100)
            way.delay_s = 0.3  # each way
            await all_said(streams, 1000)
        assert way.delayed > 0
        check_all(parley.redis, streams, undisturbed=True)


async def fail_over(parley: Parley, way: Way, replica: Replica, streams: list[Stream]) -> int:
    """The first dies before the replica has heard its last second. Returns how many bytes of it are lost."""
    replica.link.stall()
    more = max(len(stream.said) for stream in streams) + 100
    await all_said(streams, more)
    lost = offset(parley.redis) - offset(replica.server)
    await asyncio.to_thread(parley.redis.stop, kill=True)
    way.socket = replica.server.socket  # first to one that only reads still
    way.cut()
    await asyncio.sleep(0.5)
    replica.promote()
    return lost


async def test_a_failover_to_a_replica_that_lacks_the_last_writes() -> None:
    async with behind_proxy() as (parley, way), Replica(parley.redis) as replica:
        async with streaming(parley.ws_urls, texts(STREAMS, 500)) as streams:
            await all_said(streams, 100)
            lost = await fail_over(parley, way, replica, streams)
        assert lost > 10_000
        check_all(replica.server, streams, undisturbed=True)
        async with streaming(parley.ws_urls, texts(4, 20, "afterwards ")) as after:
            pass
        check_all(replica.server, after, undisturbed=True)


async def test_a_worker_that_dies_while_redis_pauses_is_continued_from_all_that_was_shown() -> None:
    async with behind_proxy() as (parley, _):
        async with streaming(parley.ws_urls, texts(STREAMS, 300)) as streams:
            await all_said(streams, 200)
            victim = busiest(parley)
            assert parley.redis.process
            parley.redis.process.send_signal(signal.SIGSTOP)
            await asyncio.sleep(PAUSE_S)  # the fault itself
            await asyncio.to_thread(parley.end, victim, signal.SIGKILL)
            parley.redis.process.send_signal(signal.SIGCONT)
        check_all(parley.redis, streams, undisturbed=False)
        assert any(stream.continued for stream in streams)
