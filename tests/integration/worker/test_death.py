"""Workers die in every way there is: another goes on, a person sees a pause, and nobody pays for a neighbour."""
import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.integration.server.talk import expected
from tests.integration.worker.streams import Stream, all_said, busiest, streaming
from tests.load.histogram import percentile
from tests.parley import Parley, metric

pytestmark = pytest.mark.timeout(120)  # each lasts for several deaths, on a busy machine

STREAMS = 64
PAUSE_S = 5.0  # what is promised where there is room


@asynccontextmanager
async def restarted(parley: Parley, *numbers: int) -> AsyncIterator[list[int]]:
    """Workers that end are started again, as supervisord does it. Gives the exit codes so far."""
    codes: list[int] = []

    async def watch(number: int) -> None:
        while True:
            codes.append(await asyncio.to_thread(parley.processes[f"worker-{number}"].wait))
            if over.is_set():
                return
            parley.start_worker(number)

    over = asyncio.Event()
    watching = [asyncio.create_task(watch(number)) for number in numbers]
    try:
        yield codes
    finally:
        over.set()
        seen = list(codes)
        for number in numbers:
            await asyncio.to_thread(parley.end, f"worker-{number}")
        await asyncio.gather(*watching)
        codes[:] = seen


def check_pauses(hit: list[Stream]) -> None:
    pauses = [stream.longest_pause_s for stream in hit]
    figures = f"p50 {percentile(pauses, 50):.2f} s, p95 {percentile(pauses, 95):.2f} s, at most {max(pauses):.2f} s"
    print(f"{len(hit)} answers paused: {figures}")  # noqa: T201 - `pytest -s` shows it
    assert max(pauses) <= PAUSE_S, figures


async def test_64_answers_go_on_after_a_kill_within_five_seconds(start_parley: Callable[..., Parley]) -> None:
    parley = start_parley(gateways=2, workers=2, settings={"synthetic_tokens_per_s": "50"})
    async with streaming(parley.ws_urls, [f"{number} [[tokens=400]]" for number in range(STREAMS)]) as streams:
        await all_said(streams, 200)
        assert await asyncio.to_thread(parley.end, busiest(parley), signal.SIGKILL) == -signal.SIGKILL
    for stream in streams:
        stream.check()
    hit = [stream for stream in streams if stream.continued]
    assert {stream.continued for stream in hit} == {1}
    assert len(hit) >= STREAMS / 2
    check_pauses(hit)


async def test_all_64_answers_of_the_only_worker_go_on_at_the_next(start_parley: Callable[..., Parley]) -> None:
    """Nothing else runs meanwhile, so each of them is behind the 63 others."""
    parley = start_parley(workers=1, settings={"synthetic_tokens_per_s": "50"})
    async with streaming(parley.ws_urls, [f"{number} [[tokens=300]]" for number in range(STREAMS)]) as streams:
        await all_said(streams, 100)
        parley.start_worker(2)
        await parley.until(lambda: "registered" in parley.log("worker-2"), "the second worker")
        await asyncio.to_thread(parley.end, "worker-1", signal.SIGKILL)
    for stream in streams:
        stream.check()
    assert [stream.continued for stream in streams] == [1] * STREAMS
    check_pauses(streams)


async def test_a_token_budget_is_kept_across_a_death(start_parley: Callable[..., Parley]) -> None:
    parley = start_parley(workers=1, settings={"synthetic_tokens_per_s": "50"})
    async with streaming(parley.ws_urls, ["go on [[tokens=4000]]"], max_output_tokens=150) as [stream]:
        await stream.until_said(200)
        await asyncio.to_thread(parley.end, "worker-1", signal.SIGKILL)
        parley.start_worker(1)
    end = stream.events[-1]
    assert (end["type"], end["response"]["usage"]["output_tokens"]) == ("response.incomplete", 150)
    assert end["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
    assert stream.said == expected(stream.text, tokens=150)
    assert stream.continued == 1


async def test_one_that_only_seemed_dead_drops_all_and_repeats_nothing(start_parley: Callable[..., Parley]) -> None:
    parley = start_parley(workers=2, settings={"synthetic_tokens_per_s": "50"})
    async with streaming(parley.ws_urls, [f"{number} [[tokens=400]]" for number in range(16)]) as streams:
        await all_said(streams, 200)
        name = busiest(parley)
        sleeper = parley.processes[name]
        sleeper.send_signal(signal.SIGSTOP)
        await parley.until(lambda: "took back" in parley.logs(), "it to be taken back")
        await parley.until(lambda: metric(parley.url, "parley_running") == len(streams), "the others to have them all")
        sleeper.send_signal(signal.SIGCONT)
        await parley.until(lambda: "registering anew" in parley.log(name), "it to notice")
    for stream in streams:
        stream.check()
    hit = sum(stream.continued for stream in streams)
    assert hit >= len(streams) / 2
    assert f"taken back by others; dropping {hit} responses" in parley.log(name)
    check_pauses([stream for stream in streams if stream.continued])
    await asyncio.to_thread(parley.end, next(other for other in parley.processes if other not in (name, "gateway-1")))
    async with streaming(parley.ws_urls, ["afterwards [[tokens=20]]"]) as [after]:
        pass
    after.check()


@pytest.mark.parametrize(
    ("how", "code", "workers"), [("kill", -signal.SIGKILL, 1), ("memory", 1, 2), ("engine", 4, 1)])
async def test_a_poisonous_prompt_fails_and_its_neighbours_do_not(
        start_parley: Callable[..., Parley], how: str, code: int, workers: int) -> None:
    """Sent twice, as its user would; each time it takes three workers down."""
    parley = start_parley(workers=workers, settings={"synthetic_tokens_per_s": "10", "synthetic_mortal": "true"})
    async with (
        restarted(parley, *range(1, workers + 1)) as codes,
        streaming(parley.ws_urls, [f"old {number} [[tokens=80]]" for number in range(6)]) as old,
    ):
        await all_said(old, 20)
        async with streaming(parley.ws_urls, [f"new {number} [[tokens=40]]" for number in range(6)]) as new:
            for number in range(2):
                async with streaming(parley.ws_urls, [f"poison {number} [[dies={how}]]"]) as [poison]:
                    pass
                failed = poison.events[-1]
                assert failed["type"] == "response.failed", failed
                assert failed["response"]["error"]["code"] == "worker_lost"
                assert poison.said == ""
    for stream in (*old, *new):
        stream.check()
    assert codes == [code] * 6
    if how != "kill":
        assert parley.logs().count("giving up") == 6, "who knows that it dies waits for nobody to notice"
        assert "took back" not in parley.logs()
    if workers == 1:
        assert max(stream.continued for stream in old) > 2, "they crashed beside it several times"


async def test_a_prompt_that_kills_in_the_middle_of_its_answer_fails_there(start_parley: Callable[..., Parley]) -> None:
    parley = start_parley(settings={"synthetic_tokens_per_s": "20", "synthetic_mortal": "true"})
    async with (
        restarted(parley, 1) as codes,
        streaming(parley.ws_urls, ["old [[tokens=200]]"]) as [old],
        streaming(parley.ws_urls, ["poison [[tokens=100]] [[dies=kill@30]]"]) as [poison],
    ):
        pass
    old.check()
    assert poison.events[-1]["type"] == "response.failed"
    assert poison.events[-1]["response"]["error"]["code"] == "worker_lost"
    assert poison.said
    assert expected(poison.text).startswith(poison.said)
    assert codes == [-signal.SIGKILL] * 4, "the first attempt had said something, the next three had not"


async def test_64_that_had_not_said_anything_are_tried_one_by_one_and_quickly(
        start_parley: Callable[..., Parley]) -> None:
    parley = start_parley(settings={"synthetic_tokens_per_s": "10", "synthetic_mortal": "true"})
    texts = [f"{number} [[tokens=5]]" for number in range(STREAMS)]
    async with restarted(parley, 1) as codes, streaming(parley.ws_urls, [*texts, "poison [[dies=kill]]"]) as streams:
        pass
    *innocent, poison = streams
    for stream in innocent:
        stream.check()
    assert poison.events[-1]["type"] == "response.failed"
    assert codes == [-signal.SIGKILL] * 3
