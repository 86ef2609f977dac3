"""A small front-end that a test may kill: `python -m tests.contract.engine.vllm_front_end FOLDER`."""
import asyncio
import sys
from pathlib import Path

from inference.engine.factory import create_engine
from inference.engine.port import Generation
from inference.engine.settings import EngineSettings
from relay.job import Sampling
from tests.tiny_model import make_tiny_model


async def main(folder: Path) -> None:
    settings = EngineSettings(model="tiny", folder=str(make_tiny_model(folder)), eager=True,
                              capacity=4, kv_cache_bytes=2**28)
    engine = create_engine(settings)
    await engine.start(lambda words, share: None)
    while True:
        hello = [{"role": "user", "content": "Hello"}]
        await engine.add(Generation("resp_1", hello, Sampling(min_tokens=1000, max_output_tokens=1000)))
        while not any(output.finish for output in await engine.outputs()):
            print("generating", flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
