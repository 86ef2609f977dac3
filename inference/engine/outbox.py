"""What an engine has made and the worker has not taken yet."""
import asyncio

from inference.engine.port import Output


class Outbox:
    """Bounded by merging: whatever a slow reader misses, there is one output per response at most.

    Used from one event loop, with one reader.
    """

    def __init__(self) -> None:
        self._outputs: dict[str, Output] = {}
        self._something = asyncio.Event()

    def put(self, output: Output) -> None:
        waiting = self._outputs.get(output.response_id)
        if waiting is None:
            if not self._outputs:
                self._something.set()
            self._outputs[output.response_id] = output
        else:
            _merge(waiting, output)

    def wake(self) -> None:
        """Let `wait` return though nothing was put."""
        self._something.set()

    def take(self) -> list[Output]:
        """All that there is, in the order in which responses first had something."""
        outputs = list(self._outputs.values())
        self._outputs.clear()
        self._something.clear()
        return outputs

    async def wait(self, timeout_s: float | None = None) -> None:
        """Until something was put, `wake` was called, or the time is up."""
        if self._something.is_set():
            return
        try:
            async with asyncio.timeout(timeout_s):
                await self._something.wait()
        except TimeoutError:
            return


def _merge(waiting: Output, later: Output) -> None:
    waiting.text += later.text
    waiting.tokens += later.tokens
    waiting.logprobs += later.logprobs
    waiting.finish, waiting.message = later.finish, later.message
    waiting.input_tokens = later.input_tokens
    waiting.cached_tokens = later.cached_tokens
    waiting.output_tokens = later.output_tokens
