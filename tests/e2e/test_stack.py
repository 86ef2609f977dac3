"""The whole path on a real vLLM: sockets, a gateway, Redis and a worker in an environment of its own, a tiny model."""
import asyncio
import subprocess
from collections.abc import Iterator

import pytest

from tests.integration.server.talk import numbers, output_text, send, socket_to, text_of, until_end
from tests.parley import ROOT, Parley, get, metric

WORKER_PYTHON = ROOT / ".envs" / "worker" / "bin" / "python"
START_S = 300.0
STREAMS = 64
TOKENS = 96

pytestmark = pytest.mark.timeout(START_S + 120)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parley]:
    model = tmp_path_factory.mktemp("model") / "tiny"
    make = "import sys, pathlib, tests.tiny_model as tiny; tiny.make_tiny_model(pathlib.Path(sys.argv[1]))"
    subprocess.run([WORKER_PYTHON, "-c", make, str(model)], cwd=ROOT, check=True, capture_output=True)
    settings = {"engine": "vllm", "model": str(model), "capacity": str(STREAMS)}
    with Parley(settings=settings, worker_python=str(WORKER_PYTHON), ready_s=START_S) as parley:
        yield parley


async def test_64_sockets_stream_at_once_and_each_text_is_what_the_log_holds(stack: Parley) -> None:
    """What a socket was shown came on the live path; a read of the response is folded from the durable one."""
    most = 0.0

    async def stream(number: int) -> None:
        async with socket_to(stack.ws_url) as socket:
            await send(socket, input=f"Tell me of {number}.", max_output_tokens=TOKENS, min_tokens=TOKENS)
            events = await until_end(socket)
        response = events[-1]["response"]
        assert numbers(events) == sorted(set(numbers(events)))
        assert response["usage"]["output_tokens"] == TOKENS
        status, stored = await asyncio.to_thread(get, stack.url, f"/v1/responses/{response['id']}")
        assert (status, output_text(stored)) == (200, text_of(events))
        assert text_of(events)

    async def watch() -> None:
        nonlocal most
        while most < 16:
            most = max(most, await asyncio.to_thread(metric, stack.url, "parley_running"))
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*[stream(number) for number in range(STREAMS)])
    watching.cancel()
    assert most >= 16, "the engine did not batch"
