"""Models that can be asked for now."""
from datetime import datetime
from enum import Enum

import strawberry

from server.graphql.ports import ModelRead, WorkerRead
from server.graphql.types.responses import time


@strawberry.enum
class ModelState(Enum):
    READY = "ready"
    LOADING = "loading"


@strawberry.type(description="A model that at least one live worker serves or loads.")
class Model:
    id: strawberry.ID = strawberry.field(description="Its name, for `model` in a request.")
    created_at: datetime = strawberry.field(description="When its first worker started.")
    state: ModelState
    context_tokens: int = strawberry.field(description="Prompt and answer together; 0 while it is not known.")
    workers: int
    capabilities: list[str] | None = strawberry.field(
        description="What it can do beyond text: `tools`, `images` …; null while it is not known.")
    is_default: bool = strawberry.field(description="Whether a request gets it that names none.")


def model(read: ModelRead, default: str) -> Model:
    return Model(
        id=strawberry.ID(read.id),
        created_at=time(read.created),
        state=ModelState(read.state),
        context_tokens=read.context_tokens,
        workers=read.workers,
        capabilities=read.capabilities,
        is_default=read.id == default,
    )


@strawberry.type(description="A process that runs a model.")
class Worker:
    name: str
    model: str
    state: str = strawberry.field(description="`loading`, `ready`, `draining` …")
    message: str = strawberry.field(description="What it has to say of that; often nothing.")
    running: int = strawberry.field(description="Responses that it runs now.")
    capacity: int = strawberry.field(description="Responses that it can run side by side.")
    kv_usage: float = strawberry.field(description="How full its cache is, 0 to 1.")
    tokens_per_s: float
    started_at: datetime


def worker(read: WorkerRead) -> Worker:
    return Worker(
        name=read.name, model=read.model, state=read.state, message=read.message, running=read.running,
        capacity=read.capacity, kv_usage=read.kv_usage, tokens_per_s=read.tokens_per_s,
        started_at=time(read.started_at))
