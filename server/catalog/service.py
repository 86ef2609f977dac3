"""Which models can be asked for: those of the live workers, and for a while those of workers that have just gone."""
from pathlib import PurePath
from typing import Protocol

from relay.errors import RelayError
from relay.views import WorkerInfo
from server.catalog import mappers
from server.catalog.schemas import ModelRead
from server.common.clock import Clock
from server.common.errors import Code, NotFound, Unavailable

FRESH_S = 1.0


class Workers(Protocol):
    """Where the catalog looks; the relay."""

    async def workers(self) -> list[WorkerInfo]:
        """The live ones. Raises RelayError."""


class Catalog:
    """Reads the workers at most once a second.

    `default` is the model that the installation was told to serve, if it was told (a name or a folder). A worker that
    loads counts as serving, and its model stays known for `remember_s` after it has gone: it will most likely be back,
    and until then requests wait in the queue, whose own limit ends them.
    """

    def __init__(self, relay: Workers, clock: Clock, *, default: str = "", remember_s: float = 300) -> None:
        self.relay, self.clock, self.remember_s = relay, clock, remember_s
        self.default = default
        self._workers: list[WorkerInfo] = []
        self._models: list[ModelRead] = []
        self._read_at = -FRESH_S
        self._seen: dict[str, float] = {}  # model: when it was last served

    async def workers(self) -> list[WorkerInfo]:
        """The live workers, at most a second old. Raises RelayError while the relay is away."""
        now = self.clock.monotonic()
        if now - self._read_at >= FRESH_S:
            self._workers = await self.relay.workers()
            self._models = mappers.models(self._workers)
            self._read_at = now
            self._seen.update((model.id, now) for model in self._models)
        return self._workers

    async def models(self) -> list[ModelRead]:
        """What live workers serve or load, the longest served first. Raises RelayError."""
        await self.workers()
        return self._models

    async def get(self, name: str) -> ModelRead:
        """Raises NotFound, RelayError."""
        for model in await self.models():
            if model.id == name:
                return model
        raise self._unknown(name)

    async def default_model(self) -> str:
        """What a request gets that names none; empty while that cannot be known. Raises RelayError."""
        names = [model.id for model in await self.models()] or self._remembered()
        if configured := next((name for name in names if _last_part(name) == _last_part(self.default)), None):
            return configured
        return names[0] if names else self.default

    async def resolve(self, name: str | None) -> str:
        """The name of a model to ask for. Raises NotFound, Unavailable if nothing is served yet, RelayError."""
        default = await self.default_model()
        if not default:
            raise Unavailable(Code.RELAY_UNAVAILABLE, "No worker has started yet; try again in a few seconds.")
        if not name or name == default or name in self._remembered():
            return name or default
        raise self._unknown(name)

    async def capabilities(self, name: str) -> frozenset[str] | None:
        """What the model can do beyond text; None where no live worker says. Raises RelayError."""
        for model in await self.models():
            if model.id == name and model.capabilities is not None:
                return frozenset(model.capabilities)
        return None

    async def is_ready(self) -> bool:
        """Whether a worker can run the default model now; False while the relay is away."""
        try:
            default = await self.default_model()
            return any(model.id == default and model.state == "ready" for model in await self.models())
        except RelayError:
            return False

    def _remembered(self) -> list[str]:
        limit = self.clock.monotonic() - self.remember_s
        return [name for name, at in self._seen.items() if at >= limit]

    def _unknown(self, name: str) -> NotFound:
        live = ", ".join(f"`{model.id}`" for model in self._models) or "none yet"
        return NotFound(
            Code.MODEL_NOT_FOUND, f"The model `{name[:200]}` is not served here; there is: {live}.", "model")


def _last_part(name: str) -> str:
    """What a folder and a hub's id have in common with the name that a worker gives their model."""
    return PurePath(name).name.lower()
