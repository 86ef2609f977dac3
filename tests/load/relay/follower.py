"""The gateway's part of the relay without its sockets: submits responses, reads and decodes the inbox, feeds the hub.

    python -m tests.load.relay.follower --name gateway-1 --responses 256
"""
import argparse
import asyncio
import signal
import time

import uvloop

from relay.collector import collect_seldom
from relay.gateway import GatewayRelay
from relay.job import Request, Sampling
from relay.log import configure
from relay.views import Submission
from server.common.clock import SystemClock
from server.common.ids import response_id
from server.responses.hub import Hub, HubSettings
from server.settings import GatewaySettings
from tests.load.relay.engine import StampingEngine
from tests.load.relay.ledger import NAME, Ledger

FOR_EVER = 10**9  # tokens
TELL_EVERY_S = 0.1
ITEM = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Go on."}]}


async def follow(name: str, responses: int) -> None:
    """Until a signal."""
    hub, settings = Hub(HubSettings(), SystemClock()), GatewaySettings()
    relay = GatewayRelay(name, settings.relay(), hub)
    hub.use(relay)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    told = tell(hub, Ledger(settings.data_dir / NAME.format(name)))
    running = [asyncio.create_task(work) for work in (relay.run(), hub.run(), told)]
    collect_seldom()
    while not relay.up:  # noqa: ASYNC110 - it comes up by itself
        await asyncio.sleep(0.01)
    for _ in range(responses):
        request = Request(
            response_id(), "bench", StampingEngine.model, time.time(), [ITEM],
            sampling=Sampling(max_output_tokens=FOR_EVER), store=False, own_input=1)
        hub.open(request)
        await relay.submit(Submission(request))
    await stop.wait()
    await relay.leave()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


async def tell(hub: Hub, ledger: Ledger) -> None:
    """How many tokens have come; for ever."""
    while True:
        ledger.tokens = hub.counts.tokens
        ledger.write()
        await asyncio.sleep(TELL_EVERY_S)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.load.relay.follower")
    parser.add_argument("--name", required=True)
    parser.add_argument("--port", help="there is none: it takes a gateway's place")
    parser.add_argument("--responses", type=int, required=True)
    given = parser.parse_args()
    configure(given.name)
    uvloop.run(follow(given.name, given.responses))


if __name__ == "__main__":
    main()
