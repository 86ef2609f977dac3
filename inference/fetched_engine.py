"""An engine whose model is fetched first, so that a worker can say what is going on from its first second."""
import asyncio
from collections.abc import Callable
from pathlib import Path

from inference.engine.port import Engine, Generation, Load, Output, Progress
from inference.engine.traits import TEXT_ONLY
from relay.collector import collect_seldom

Fetch = Callable[[Progress], Path]  # blocks until the model's folder is there
Make = Callable[[Path], Engine]


class _Abandoned(Exception):
    """Nobody waits for the model any more."""


class FetchedEngine:
    """See the port. `model` is known from the beginning, everything else once `start` has returned."""

    def __init__(self, model: str, fetch: Fetch, make: Make) -> None:
        self.model, self.context_tokens, self.capacity, self.can_continue = model, 0, 0, False
        self.parameters: int | None = None
        self.traits = TEXT_ONLY
        self._fetch, self._make = fetch, make
        self._engine: Engine | None = None

    async def start(self, progress: Progress) -> None:
        """Raises what fetching raises, too."""
        self._engine = engine = self._make(await self._fetched(progress))
        await engine.start(progress)
        self.context_tokens, self.capacity = engine.context_tokens, engine.capacity
        self.can_continue, self.parameters, self.traits = engine.can_continue, engine.parameters, engine.traits
        collect_seldom()

    async def add(self, generation: Generation) -> None:
        await self._made().add(generation)

    def abort(self, response_id: str) -> None:
        self._made().abort(response_id)

    async def outputs(self) -> list[Output]:
        return await self._made().outputs()

    def load(self) -> Load:
        return self._made().load()

    async def close(self) -> None:
        if self._engine:
            await self._engine.close()

    async def _fetched(self, progress: Progress) -> Path:
        abandoned = False

        def tell(words: str, share: float | None) -> None:
            if abandoned:  # a thread cannot be cancelled, but what it calls can refuse
                raise _Abandoned
            progress(words, share)

        try:
            return await asyncio.to_thread(self._fetch, tell)
        except asyncio.CancelledError:
            abandoned = True
            raise

    def _made(self) -> Engine:
        if self._engine is None:
            raise RuntimeError("the engine has not been started")
        return self._engine
