"""Redis goes and comes back: new work is refused at once, sockets stay open, and it heals by itself."""
import asyncio
import time

import httpx

from tests.integration.server.talk import expected, numbers, send, socket_to, text_of, turn, until, until_end
from tests.parley import Parley, get


def missing(url: str) -> list[str]:
    """The parts that a gateway misses."""
    return [part["part"] for part in get(url, "/health/ready")[1]["missing"]]  # type: ignore[attr-defined]


async def test_refuses_at_once_keeps_sockets_and_heals(start_parley: type[Parley]) -> None:
    parley = start_parley(settings={"synthetic_tokens_per_s": "50"})
    async with socket_to(parley.ws_url) as socket, socket_to(parley.ws_url) as running:
        await send(running, input="Go on [[tokens=300]]")
        seen = await until(running, "response.output_text.delta")
        parley.redis.stop(kill=True)
        await parley.until(lambda: "redis" in missing(parley.url), "the gateway to miss Redis")

        asked_at = time.monotonic()
        [refused] = await turn(socket, "Anybody there?")
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{parley.url}/v1/responses", json={"input": "Anybody there?"})
        assert time.monotonic() - asked_at < 4  # a call that waits for Redis waits 5 s
        assert (refused["status"], refused["error"]["code"]) == (503, "relay_unavailable")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "relay_unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert get(parley.url, "/health/live")[0] == 200

        parley.redis.start()
        await asyncio.to_thread(parley.wait_ready)
        assert text_of(await turn(socket, "Back [[tokens=20]]")) == expected("Back [[tokens=20]]")
        events = seen + await until_end(running)
    assert numbers(events) == sorted(set(numbers(events)))
    assert text_of(events) == expected("Go on [[tokens=300]]")
    assert "Traceback" not in parley.log("gateway-1")


async def test_a_gateway_starts_without_redis_and_serves_once_it_is_there(start_parley: type[Parley]) -> None:
    parley = start_parley()
    parley.end("gateway-1")
    parley.redis.stop()
    parley.start_gateway(1)
    await parley.until(lambda: get(parley.url, "/health/live")[0] == 200, "the gateway to live")
    assert "redis" in missing(parley.url)
    parley.redis.start()
    await asyncio.to_thread(parley.wait_ready)
    async with socket_to(parley.ws_url) as socket:
        assert (await turn(socket, "Hello [[tokens=5]]"))[-1]["type"] == "response.completed"
