"""Whether somebody who comes now would be answered, and if not, what is missing. Knows no HTTP."""
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from relay.errors import RelayError
from relay.views import WorkerInfo
from server.health.schemas import Missing, ReadyRead, StartupStep, StatusRead, WorkerStatus


class Relay(Protocol):
    """Whether Redis can be used; `fault` says why it never can, if so."""

    @property
    def up(self) -> bool: ...
    @property
    def fault(self) -> str: ...


class Database(Protocol):
    async def answers(self) -> bool: ...


class Catalog(Protocol):
    async def is_ready(self) -> bool: ...
    async def workers(self) -> list[WorkerInfo]: ...
    async def default_model(self) -> str: ...


class Door(Protocol):
    """Whether this gateway still takes anybody."""

    @property
    def is_draining(self) -> bool: ...


class Health:
    """`startup_file` is what the launcher writes while it installs and starts the parts."""

    def __init__(self, relay: Relay, database: Database, catalog: Catalog, door: Door, startup_file: Path) -> None:
        self.relay, self.database, self.catalog, self.door = relay, database, catalog, door
        self.startup_file = startup_file

    async def ready(self) -> ReadyRead:
        missing = await self._missing()
        return ReadyRead(ready=not missing, missing=missing)

    async def status(self) -> StatusRead:
        """Ready or not, and what is going on until then."""
        workers: list[WorkerInfo] = []
        model = ""
        with suppress(RelayError):  # `missing` says so
            workers, model = await self.catalog.workers(), await self.catalog.default_model()
        missing = await self._missing()
        return StatusRead(
            ready=not missing,
            model=model,
            missing=missing,
            workers=[WorkerStatus(state=one.state, message=one.message, progress=one.progress) for one in workers],
            startup=read_startup(self.startup_file),
        )

    async def _missing(self) -> list[Missing]:
        missing = []
        if self.door.is_draining:
            missing.append(Missing(part="gateway", message="This gateway is stopping."))
        if not self.relay.up:
            missing.append(Missing(part="redis", message=self.relay.fault or "Redis cannot be reached."))
        if not await self.database.answers():
            missing.append(Missing(part="database", message="The database cannot be used yet."))
        if not await self.catalog.is_ready():
            missing.append(Missing(part="worker", message="No worker is ready to run the default model."))
        return missing


def read_startup(path: Path) -> list[StartupStep]:
    """The launcher's steps; none where it wrote nothing, or nothing that makes sense."""
    try:
        written: Any = json.loads(path.read_bytes())
        return [
            StartupStep(
                step=step["name"],
                message=step.get("message", ""),
                progress=step.get("progress"),
                done=step.get("state") == "done",
                failed=step.get("state") == "failed",
            )
            for step in written["steps"]
        ]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return []
