"""64 sockets stream at once, none is disturbed, and every text is what the engine made."""
import asyncio

from tests.integration.server.talk import expected, numbers, send, socket_to, text_of, until_end
from tests.parley import Parley, metric

STREAMS = 64


async def test_64_sockets_stream_at_once(parley: Parley) -> None:
    all_streaming = asyncio.Barrier(STREAMS)

    async def stream(number: int) -> None:
        text = f"stream {number} [[tokens=300]]"
        async with socket_to(parley.ws_url) as socket:
            await all_streaming.wait()
            await send(socket, input=text)
            events = await until_end(socket)
        assert numbers(events) == sorted(set(numbers(events)))
        assert text_of(events) == expected(text)

    async def most_running() -> float:
        most = 0.0
        while True:
            most = max(most, await asyncio.to_thread(metric, parley.url, "parley_running"))
            if most == STREAMS:
                return most
            await asyncio.sleep(0.1)

    async with asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(most_running())
        for number in range(STREAMS):
            tasks.create_task(stream(number))
        assert await asyncio.wait_for(watching, 30) == STREAMS
