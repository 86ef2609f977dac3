"""vLLM in process, without any server: what one can have of this engine at all. One client, over a Unix socket.

    python -m tests.load.peers.in_process --folder MODEL --name NAME --socket PATH [--shipped]

The engine is set up as Parley's worker does it, its executor too; `--shipped` takes the one that vLLM's makers chose.
Listens once it has made a first answer. Runs in the worker's environment.
"""
import asyncio
import gc
import itertools
import os
import signal
from functools import partial
from pathlib import Path
from typing import Any, cast

import msgspec
import uvloop

from inference.engine.children import bind_children
from inference.engine.port import Generation
from inference.engine.settings import EngineSettings
from inference.engine.vllm.arguments import engine_arguments, engine_config, prepare_environment
from inference.engine.vllm.weights import count_parameters
from relay.job import Sampling
from tests.load.peers.engine import engine_parser, engine_settings
from tests.load.peers.link import Piece, Question, batch, completed, delta, failed

SHUTDOWN_S = 2.0


def make_llm(settings: EngineSettings, *, shipped: bool) -> Any:
    """An AsyncLLM; blocks until its processes run."""
    from vllm.v1.engine.async_llm import AsyncLLM

    arguments = engine_arguments(settings)
    if shipped:
        arguments.distributed_executor_backend, arguments.worker_cls = None, "auto"
    return AsyncLLM.from_vllm_config(engine_config(arguments), disable_log_stats=arguments.disable_log_stats)


class Asked:
    """vLLM, asked as Parley's worker asks it: a task to each question, and one place that all outputs go to."""

    def __init__(self, llm: Any) -> None:
        self._llm = llm
        self._context_tokens: int = llm.model_config.max_model_len
        self._defaults: dict[str, Any] = llm.model_config.get_diff_sampling_param()
        self._numbers = itertools.count()

    async def ask(self, question: Question, hear: "Hear") -> None:
        from inference.engine.vllm.request import render, sampling_parameters

        tokens = question.tokens
        sampling = Sampling(temperature=0.0, max_output_tokens=tokens, min_tokens=tokens)
        generation = Generation(str(next(self._numbers)), [{"role": "user", "content": question.text}], sampling)
        prompt = await render(self._llm.renderer, generation, self._context_tokens)
        room = self._context_tokens - len(prompt["prompt_token_ids"])
        queue = await self._llm.add_request(
            generation.response_id, prompt, sampling_parameters(generation, self._defaults, room))
        queue.put = hear
        if (early := queue.output) is not None:
            queue.output = None
            hear(early)


class Hear:
    """The outputs of one question, to frames."""

    def __init__(self, stream: int, put: Any) -> None:
        self._stream, self._put = stream, put
        self._made = 0

    def __call__(self, output: Any) -> None:
        """Called by vLLM in the midst of handling a step."""
        if isinstance(output, Exception):
            self._put(Piece(self._stream, failed(type(output).__name__)))
            return
        completion = output.outputs[0]
        self._made += len(completion.token_ids)
        if completion.text:
            self._put(Piece(self._stream, delta(completion.text)))
        if completion.finish_reason == "length":
            self._put(Piece(self._stream, completed(self._made, len(output.prompt_token_ids))))
        elif completion.finish_reason:
            self._put(Piece(self._stream, failed(completion.finish_reason)))


class Line(asyncio.Protocol):
    """The client's connection."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._tasks: set[asyncio.Task[None]] = set()
        self._pieces: list[Piece] = []
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self._decode = msgspec.json.Decoder(Question).decode

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is of another class

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            task = asyncio.ensure_future(self._ask(self._decode(line)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _ask(self, question: Question) -> None:
        try:
            await self._asked.ask(question, Hear(question.stream, self._put))
        except Exception as error:  # this question's end, which the client shall hear of
            self._put(Piece(question.stream, failed(repr(error))))

    def _put(self, piece: Piece) -> None:
        if not self._pieces:
            asyncio.get_running_loop().call_soon(self._flush)
        self._pieces.append(piece)

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(batch(pieces))


async def serve(asked: Asked, path: str) -> None:
    """Until a signal."""
    loop, stop, first = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await asked.ask(Question(0, "Hello", 1), Hear(0, lambda piece: first.set()))
    await first.wait()
    gc.collect()
    gc.freeze()
    server = await loop.create_unix_server(partial(Line, asked), path)
    await stop.wait()
    server.close()


async def main() -> None:
    parser = engine_parser("tests.load.peers.in_process")
    parser.add_argument("--socket", required=True)
    parser.add_argument("--shipped", action="store_true")
    given = parser.parse_args()
    settings = engine_settings(given)
    if given.shipped:
        os.environ.setdefault("VLLM_CPU_NUM_OF_RESERVED_CPU", "1")  # for its scheduler, which does not sleep
    prepare_environment(settings, count_parameters(Path(settings.folder)))
    bind_children()
    llm = make_llm(settings, shipped=given.shipped)
    await serve(Asked(llm), given.socket)
    llm.shutdown(timeout=SHUTDOWN_S)


if __name__ == "__main__":
    uvloop.run(main())
