"""What one event costs in the gateway's hub: in process, without Redis and sockets.

    python -m tests.load.hub_cost [responses] [steps] [viewers per response]

Each step is a batch with one delta of every response, decoded from bytes as the relay would; each viewer is a task
that takes the frames one by one. Prints CPU microseconds per event: decoding, applying, and a viewer's taking.
"""
import asyncio
import gc
import sys
import time

from relay.events import AnyEvent, Delta, InProgress, ItemAdded, PartAdded
from relay.job import Request
from relay.records import Record, decode_batch, encode_batch
from server.common.clock import SystemClock
from server.responses.hub import Hub, HubSettings
from server.responses.viewer import Viewer


class Costs:
    """Seconds of CPU, and what was delivered."""

    def __init__(self) -> None:
        self.decode_s = self.apply_s = self.all_s = 0.0
        self.frames = self.size_bytes = 0


async def take(viewer: Viewer, costs: Costs) -> None:
    async for frames in viewer:
        costs.frames += len(frames)
        for frame in frames:
            costs.size_bytes += len(frame)


def begin(hub: Hub, responses: int) -> None:
    """Open the feeds, and let each response begin its message."""
    records = []
    for i in range(responses):
        request = Request(f"resp_0{i:032x}", "user", "model", 0.0, [], own_input=0)
        hub.open(request)
        events: list[AnyEvent] = [InProgress(0.0), ItemAdded(f"msg_{i:032x}", "message"), PartAdded("output_text")]
        records.append(Record(request.response_id, 1, 1, 1001, events))
    data = encode_batch(0.0, records)
    hub.on_batch(decode_batch(data), data)


async def measure(responses: int, steps: int, viewers: int) -> Costs:
    hub = Hub(HubSettings(), SystemClock())
    hub.on_up(False)
    begin(hub, responses)
    costs = Costs()
    feeds = [feed for i in range(responses) if (feed := hub.find(f"resp_0{i:032x}"))]
    tasks = [asyncio.create_task(take(feed.follow(), costs)) for feed in feeds for _ in range(viewers)]
    await asyncio.sleep(0)
    costs.frames = 0
    gc.collect()
    for step in range(steps):
        number = 1004 + step
        records = [
            Record(feed.response_id, 1, number - 1, number, [Delta(f" word{step}", [step])]) for feed in feeds
        ]
        data = encode_batch(0.0, records)
        began = time.process_time()
        batch = decode_batch(data)
        decoded = time.process_time()
        hub.on_batch(batch, data)
        applied = time.process_time()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        costs.decode_s += decoded - began
        costs.apply_s += applied - decoded
        costs.all_s += time.process_time() - began
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return costs


def main(responses: int = 256, steps: int = 500, viewers: int = 1) -> None:
    costs = asyncio.run(measure(responses, steps, viewers))
    events = responses * steps
    take_s = costs.all_s - costs.decode_s - costs.apply_s
    sys.stdout.write(
        f"{responses} responses, {viewers} viewers each, {steps} steps; µs of CPU per event: "
        f"decode {costs.decode_s / events * 1e6:.2f}, apply {costs.apply_s / events * 1e6:.2f}, "
        f"take {take_s / events * 1e6:.2f}, all {costs.all_s / events * 1e6:.2f}; "
        f"{costs.frames / events:.3f} frames an event, {costs.size_bytes / max(1, costs.frames):.0f} bytes each\n"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
