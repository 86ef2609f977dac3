"""What the installation says of itself to whoever asks; nothing in here is a secret."""
from typing import Literal

from pydantic import BaseModel

Part = Literal["gateway", "redis", "database", "worker"]


class Missing(BaseModel):
    """A part without which nobody can be answered, and why it is not there."""

    part: Part
    message: str


class ReadyRead(BaseModel):
    ready: bool
    missing: list[Missing]


class WorkerStatus(BaseModel):
    """How far a worker is; `progress` 0..1 of its loading, where that is known."""

    state: str
    message: str
    progress: float | None


class StartupStep(BaseModel):
    """One step of the launcher that started this installation."""

    step: str
    message: str = ""
    progress: float | None = None
    done: bool = False
    failed: bool = False


class StatusRead(BaseModel):
    """What the page shows until somebody can chat. `model` is the default one; empty while that is not known."""

    ready: bool
    model: str
    missing: list[Missing]
    workers: list[WorkerStatus]
    startup: list[StartupStep]
