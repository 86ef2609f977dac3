"""A worker is deployed: it leases no more, finishes what it can, gives back the rest at once; nobody is taken back."""
import asyncio
import signal
from collections.abc import Callable
from functools import partial

from relay.keys import Keys
from tests.integration.worker.streams import Stream, all_said, streaming
from tests.parley import Parley

KEYS = Keys("0")
READY = "is ready"
WAITS = ["response.created", "response.queued"]


def is_ready_again(parley: Parley, name: str, times: int) -> bool:
    return parley.log(name).count(READY) > times


def check_given_back(parley: Parley, streams: list[Stream]) -> None:
    """All is right, and it was no death: none was taken back, no crash was counted."""
    for stream in streams:
        stream.check()
    assert "took back" not in parley.logs()
    with parley.redis.client() as client:
        crashes = [client.hget(KEYS.job(stream.response_id), "crashes") for stream in streams]
    assert crashes == [b"0"] * len(streams)


async def test_a_stop_leases_no_more_finishes_what_it_can_and_gives_back_the_rest(
        start_parley: Callable[..., Parley]) -> None:
    """Until it has gone there is no other, so who submits meanwhile must wait for the next."""
    parley = start_parley(gateways=2, settings={"synthetic_tokens_per_s": "50", "drain_s": "4"})
    async with (
        streaming(parley.ws_urls, [f"long {number} [[tokens=500]]" for number in range(16)]) as long,
        streaming(parley.ws_urls, [f"short {number} [[tokens=60]]" for number in range(16)]) as short,
    ):
        await all_said([*long, *short], 20)
        stopped = parley.processes["worker-1"]
        stopped.send_signal(signal.SIGTERM)
        await parley.until(lambda: "Stopping" in parley.log("worker-1"), "it to hear of it")
        async with streaming(parley.ws_urls, [f"new {number} [[tokens=40]]" for number in range(4)]) as new:
            assert await asyncio.to_thread(parley.processes.pop("worker-1").wait) == 0
            assert [[event["type"] for event in stream.events] for stream in new] == [WAITS] * len(new)
            parley.start_worker(2)
    check_given_back(parley, [*long, *short, *new])
    assert f"giving back {len(long)} responses" in parley.log("worker-1")
    assert [stream.continued for stream in long] == [1] * len(long)
    assert not any(stream.continued for stream in [*short, *new])


async def test_all_workers_are_deployed_one_after_another_under_way(start_parley: Callable[..., Parley]) -> None:
    parley = start_parley(workers=2, settings={"synthetic_tokens_per_s": "50", "drain_s": "0"})
    async with streaming(parley.ws_urls, [f"{number} [[tokens=600]]" for number in range(32)]) as streams:
        await all_said(streams, 50)
        for number in (1, 2, 1):
            assert await asyncio.to_thread(parley.end, f"worker-{number}") == 0
            parley.start_worker(number)
            times = parley.log(f"worker-{number}").count(READY)
            await parley.until(partial(is_ready_again, parley, f"worker-{number}", times), "the next one to be ready")
    check_given_back(parley, streams)
    assert sum(stream.continued for stream in streams) >= 48, "each moved once, and half of them twice, at the least"
