"""How long does taking a worker back stop Redis? Many responses, their last events in inboxes only.

    python -m tests.load.take_back [responses] [steps between two log entries of a response] [gateways]

Prints each call's milliseconds, and their sum.
"""
import asyncio
import sys
import time

from relay.settings import RelaySettings
from tests.integration.relay.world import BareGateway, make_late
from tests.load.relay_append import prepare, step_of
from tests.redis_server import RedisServer


async def measure(server: RedisServer, *, responses: int, gateways: int, every: int) -> list[float]:
    worker, ids, attempts = await prepare(server.url, responses, gateways)
    for number in range(1001 + every, 1001 + 6 * every):
        await worker.append(step_of(number, ids, attempts, gateways, every))
    with server.client() as client:
        make_late(client, "workers", "w")
    other = await BareGateway("other", RelaySettings(server.url)).open()
    spent, taken = [], 1
    while taken:
        began = time.perf_counter()
        taken = int(await other.link.call("take_back", 1000))
        spent.append((time.perf_counter() - began) * 1000)
    await other.close()
    await worker.leave()
    return spent


def main() -> None:
    responses, every, gateways = [*map(int, sys.argv[1:]), *[256, 13, 2][len(sys.argv) - 1:]]
    with RedisServer() as server:
        spent = asyncio.run(measure(server, responses=responses, gateways=gateways, every=every))
    calls = " ".join(f"{ms:.0f}" for ms in spent)
    print(f"{responses} responses, {every} steps in inboxes: {calls} ms, {sum(spent):.0f} in all")  # noqa: T201


if __name__ == "__main__":
    main()
