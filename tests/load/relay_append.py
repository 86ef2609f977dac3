"""What does a worker's step cost? One event of each of many responses, appended step after step to a real Redis.

    python -m tests.load.relay_append [responses] [steps] [gateways] [steps between two log entries of a response]

Prints events/s, CPU microseconds per event in the worker and in Redis, and the mean step. The events themselves are
made beforehand: that is the composer's cost.
"""
import asyncio
import sys
import time
from itertools import zip_longest
from typing import Any

from relay.events import Delta
from relay.job import Request
from relay.records import Record
from relay.settings import RelaySettings
from relay.views import Step, Submission, WorkerInfo
from relay.worker import WorkerRelay
from tests.integration.relay.world import BareGateway
from tests.redis_server import RedisServer


async def prepare(url: str, responses: int, gateways: int) -> tuple[WorkerRelay, list[str], list[int]]:
    """A worker that holds that many responses; their ids and attempts."""
    settings = RelaySettings(url, deadline_s=60, max_waiting=responses, max_in_flight=responses)
    names = [await BareGateway(f"g{n}", settings).open() for n in range(gateways)]
    for n in range(responses):
        await names[n % gateways].submit(Submission(Request(f"resp_{n:05}", "ann", "m", 1.0, [])))
    for gateway in names:
        await gateway.close()
    worker = WorkerRelay("w", settings)
    await worker.connect()
    await worker.register(WorkerInfo("w", "m", capacity=responses))
    leased = await worker.lease(responses)
    return worker, [job.response_id for job in leased], [job.attempt for job in leased]


def step_of(number: int, ids: list[str], attempts: list[int], gateways: int, every: int) -> Step:
    """One event of each response to its gateway; a log entry of those that are due."""
    batches: dict[str, list[Record]] = {}
    for g in range(gateways):
        batches[f"g{g}"] = [
            Record(ids[i], attempts[i], number - 1, number, [Delta(" hello", [123])])
            for i in range(g, len(ids), gateways)]
    entries = [
        Record(ids[i], attempts[i], number - every, number - every + 1, [Delta(" hello", [123]) for _ in range(every)])
        for i in range(len(ids)) if (i + number) % every == 0]
    return Step(batches, entries)


async def measure(url: str, cpu_of_redis: Any, *, responses: int, steps: int, gateways: int, every: int) -> str:
    worker, ids, attempts = await prepare(url, responses, gateways)
    await worker.append(Step())
    made = [step_of(number, ids, attempts, gateways, every) for number in range(1001 + every, 1001 + every + steps)]
    redis_began, began, cpu_began = cpu_of_redis(), time.perf_counter(), time.process_time()
    for step in made:
        await worker.append(step)
    wall, cpu, redis = time.perf_counter() - began, time.process_time() - cpu_began, cpu_of_redis() - redis_began
    events = responses * steps
    await worker.leave()
    return (f"{events / wall:9.0f} events/s  worker {cpu / events * 1e6:5.2f} us/event  "
            f"redis {redis / events * 1e6:5.2f} us/event  step {wall / steps * 1e3:.2f} ms")


def main() -> None:
    responses, steps, gateways, every = [
        int(given or default) for given, default in zip_longest(sys.argv[1:5], ("256", "400", "2", "12"))]
    with RedisServer() as server, server.client() as client:
        def cpu_of_redis() -> float:
            info = client.info("cpu")
            return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])
        print(asyncio.run(measure(  # noqa: T201 - that is what it is for
            server.url, cpu_of_redis, responses=responses, steps=steps, gateways=gateways, every=every)))


if __name__ == "__main__":
    main()
